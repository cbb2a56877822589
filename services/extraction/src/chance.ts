import type { LinearModel } from '@stageline/models'

/** What a yes-or-no scorer says of a candidate. */
export const chance = (model: LinearModel, features: ReadonlyMap<string, number>): number =>
  model.predict(features).find(({ label }) => label === 'yes')?.probability ?? 0

export type Scored<C> = { candidate: C; score: number }

/** Candidates by what the scorer says of them, best first; of equals, the first in the document. */
export const rank = <C extends { features: ReadonlyMap<string, number> }>(
  candidates: readonly C[],
  model: LinearModel,
): Scored<C>[] =>
  candidates
    .map((candidate) => ({ candidate, score: chance(model, candidate.features) }))
    .sort((a, b) => b.score - a.score)
