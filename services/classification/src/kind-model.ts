import { LinearModel, type LinearModelFile, type Scores } from '@stageline/models'
import { kindFeatures, shareSeen } from './kind-features.ts'

/** How sure a kind can be called at most, by how many documents of it were learned from. */
export type Ceilings = Readonly<Record<string, number>>

export type KindModelFile = LinearModelFile & { ceilings: Ceilings }

export class KindModel {
  readonly #words: LinearModel
  readonly #ceilings: Ceilings

  constructor(file: KindModelFile) {
    this.#words = new LinearModel(file)
    this.#ceilings = file.ceilings
  }

  /** How probable each kind is for a text, most probable first. */
  predict(text: string): Scores {
    return withDoubt(this.#words.predict(kindFeatures(text)), text, this.#ceilings)
  }
}

/**
 * Scores without more trust than they deserve: in a kind of which few documents were seen, and in what is left of a
 * page where a notice hides most of it. What is taken from them goes to all kinds alike.
 */
export function withDoubt(scores: Scores, text: string, ceilings: Ceilings): Scores {
  const trust = Math.min(1, shareSeen(text) / ENOUGH)
  const trusted = scores.map(({ label, probability }) => probability * trust * (ceilings[label] ?? 1))
  const rest = (1 - trusted.reduce((sum, probability) => sum + probability, 0)) / scores.length
  return scores
    .map(({ label }, index) => ({ label, probability: trusted[index]! + rest }))
    .sort((a, b) => b.probability - a.probability)
}

/** Half a page tells as much as all of it. */
const ENOUGH = 0.5
