import type { LinearModel } from '@stageline/models'
import type { ProductCandidate } from './price-candidates.ts'

export type Share = { candidate: ProductCandidate; share: number }

/**
 * The chance of each candidate to be the one, best first: conditional logit (McFadden 1974) over all of a page, with
 * "none of them" among them. Of equals, the first on the page.
 */
export function shares(candidates: readonly ProductCandidate[], scorer: LinearModel): Share[] {
  const strengths = candidates.map(({ features }) => strength(features, scorer))
  const none = strength(NONE_OF_THEM, scorer)
  const highest = Math.max(none, ...strengths)
  const powers = strengths.map((one) => Math.exp(one - highest))
  const total = powers.reduce((sum, power) => sum + power, Math.exp(none - highest))
  return candidates
    .map((candidate, at) => ({ candidate, share: powers[at]! / total }))
    .sort((a, b) => b.share - a.share)
}

/** What stands for a page without an answer, in training too. */
export const NONE_OF_THEM: ReadonlyMap<string, number> = new Map([['none', 1]])

function strength(features: ReadonlyMap<string, number>, scorer: LinearModel): number {
  const chances = new Map(scorer.predict(features).map(({ label, probability }) => [label, probability]))
  return Math.log((chances.get('yes') ?? 0) + TINY) - Math.log((chances.get('no') ?? 0) + TINY)
}

const TINY = 1e-300
