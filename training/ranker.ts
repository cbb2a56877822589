import type { LinearModelFile } from '../packages/models/src/index.ts'
import { NONE_OF_THEM } from '../services/extraction/src/product/choose-candidate.ts'
import { frequentFeatures, quantise } from './softmax.ts'

/** What one document offers for a field. Nothing right among them: "none" is the answer. */
export type Choice = {
  candidates: readonly { features: ReadonlyMap<string, number>; isRight: boolean }[]
  weight?: number
}

export type RankerOptions = {
  steps?: number
  /** First step of AdaGrad. */
  rate?: number
  /** L2 penalty, for all documents together. */
  penalty?: number
  /** Features seen in fewer documents are left out. */
  minCount?: number
}

/**
 * Conditional logit (McFadden 1974) by AdaGrad over all documents at once: weights that make the right candidates of
 * each document most likely among all of it. No chance is involved, so the same choices give the same model.
 */
export function trainRanker(choices: readonly Choice[], options: RankerOptions = {}): LinearModelFile {
  const { steps = 200, rate = 0.3, penalty = 0.3, minCount = 2 } = options
  const features = [...new Set([...seenOften(choices, minCount), ...NONE_OF_THEM.keys()])].sort()
  const index = new Map(features.map((feature, at) => [feature, at]))
  const groups = choices.map((choice) => toGroup(choice, index))
  const weights = new Float64Array(features.length)
  const squares = new Float64Array(features.length).fill(1e-8)
  for (let step = 0; step < steps; step += 1) {
    const gradient = weights.map((weight) => weight * penalty)
    for (const group of groups) addGradient(group, weights, gradient)
    for (const [at, slope] of gradient.entries()) {
      squares[at]! += slope * slope
      weights[at]! -= (rate * slope) / Math.sqrt(squares[at]!)
    }
  }
  const values = new Float64Array(weights.length * 2)
  for (const [at, weight] of weights.entries()) values[at * 2 + 1] = weight
  return quantise({ labels: ['no', 'yes'], features, values, bias: new Float64Array(2) })
}

type Row = { ids: Int32Array; values: Float64Array }
type Group = { rows: Row[]; right: boolean[]; weight: number }

/** A document counts each feature once, however many of its candidates have it. */
function seenOften(choices: readonly Choice[], minCount: number): string[] {
  const documents = choices.map(({ candidates }) => ({
    features: new Map(candidates.flatMap(({ features }) => [...features])),
  }))
  return frequentFeatures(documents, minCount)
}

function toGroup({ candidates, weight = 1 }: Choice, index: Map<string, number>): Group {
  const right = candidates.map(({ isRight }) => isRight)
  return {
    rows: [...candidates.map(({ features }) => toRow(features, index)), toRow(NONE_OF_THEM, index)],
    right: [...right, !right.includes(true)],
    weight,
  }
}

function toRow(features: ReadonlyMap<string, number>, index: Map<string, number>): Row {
  const known = [...features].filter(([name]) => index.has(name))
  return {
    ids: Int32Array.from(known, ([name]) => index.get(name)!),
    values: Float64Array.from(known, ([, value]) => value),
  }
}

/** Expected less observed, where the right candidates share what is observed as the model has them share it. */
function addGradient({ rows, right, weight }: Group, weights: Float64Array, gradient: Float64Array): void {
  const sums = rows.map((row) => sumOf(row, weights))
  const highest = Math.max(...sums)
  const powers = sums.map((sum) => Math.exp(sum - highest))
  const total = powers.reduce((sum, power) => sum + power, 0)
  const rightTotal = powers.reduce((sum, power, at) => (right[at] ? sum + power : sum), 0)
  for (let at = 0; at < rows.length; at += 1) {
    const { ids, values } = rows[at]!
    const error = weight * (powers[at]! / total - (right[at] ? powers[at]! / rightTotal : 0))
    for (let each = 0; each < ids.length; each += 1) gradient[ids[each]!]! += error * values[each]!
  }
}

function sumOf({ ids, values }: Row, weights: Float64Array): number {
  let sum = 0
  for (let at = 0; at < ids.length; at += 1) sum += weights[ids[at]!]! * values[at]!
  return sum
}
