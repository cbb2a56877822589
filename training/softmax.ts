import type { LinearModelFile } from '../packages/models/src/index.ts'
import { createRandom, shuffle } from './random.ts'

export type Example = { features: ReadonlyMap<string, number>; label: string; weight?: number }

export type SoftmaxOptions = {
  seed?: number
  epochs?: number
  /** First step of AdaGrad. */
  rate?: number
  /** L2 penalty per example. */
  penalty?: number
  /** Features seen in fewer examples are left out. */
  minCount?: number
  /** Labels whose probability is off by less are not corrected: with hundreds of labels that is nearly all the work. */
  negligible?: number
}

type Weights = { labels: string[]; features: string[]; values: Float64Array; bias: Float64Array }

/** Multinomial logistic regression by AdaGrad (Duchi, Hazan, Singer 2011), the same for the same seed and order. */
export function trainSoftmax(examples: readonly Example[], options: SoftmaxOptions = {}): LinearModelFile {
  const { seed = 1, epochs = 30, rate = 0.3, penalty = 1e-5, minCount = 2, negligible = 0 } = options
  const labels = [...new Set(examples.map((example) => example.label))].sort()
  const features = frequentFeatures(examples, minCount)
  const index = new Map(features.map((feature, position) => [feature, position]))
  const rows = examples.map((example) => toRow(example, index, labels))
  const learner = new Learner(features.length, labels.length, { rate, penalty, negligible })
  const random = createRandom(seed)
  for (let epoch = 0; epoch < epochs; epoch += 1) for (const row of shuffle(rows, random)) learner.learn(row)
  return quantise({ labels, features, values: learner.values, bias: learner.bias })
}

type Steps = Required<Pick<SoftmaxOptions, 'rate' | 'penalty' | 'negligible'>>

/** Weights with the sums of squared gradients that AdaGrad divides its steps by. */
class Learner {
  readonly values: Float64Array
  readonly bias: Float64Array
  readonly #squares: Float64Array
  readonly #biasSquares: Float64Array
  readonly #errors: Float64Array
  readonly #rate: number
  readonly #penalty: number
  readonly #negligible: number

  constructor(features: number, labels: number, { rate, penalty, negligible }: Steps) {
    this.values = new Float64Array(features * labels)
    this.bias = new Float64Array(labels)
    this.#squares = new Float64Array(features * labels).fill(1e-8)
    this.#biasSquares = new Float64Array(labels).fill(1e-8)
    this.#errors = new Float64Array(labels)
    this.#rate = rate
    this.#penalty = penalty
    this.#negligible = negligible
  }

  learn(row: Row): void {
    residuals(row, this.values, this.bias, this.#errors)
    for (let label = 0; label < this.bias.length; label += 1) {
      const error = this.#errors[label]!
      if (Math.abs(error) >= this.#negligible) this.#step(row, label, error * row.weight)
    }
  }

  #step(row: Row, label: number, error: number): void {
    this.#biasSquares[label]! += error * error
    this.bias[label]! -= (this.#rate * error) / Math.sqrt(this.#biasSquares[label]!)
    for (let at = 0; at < row.ids.length; at += 1) {
      const cell = row.ids[at]! * this.bias.length + label
      const gradient = error * row.values[at]! + this.#penalty * this.values[cell]!
      this.#squares[cell]! += gradient * gradient
      this.values[cell]! -= (this.#rate * gradient) / Math.sqrt(this.#squares[cell]!)
    }
  }
}

type Row = { ids: number[]; values: number[]; label: number; weight: number }

function toRow(example: Example, index: Map<string, number>, labels: string[]): Row {
  const known = [...example.features].flatMap(([name, value]) => {
    const id = index.get(name)
    return id === undefined ? [] : [{ id, value }]
  })
  return {
    ids: known.map(({ id }) => id),
    values: known.map(({ value }) => value),
    label: labels.indexOf(example.label),
    weight: example.weight ?? 1,
  }
}

export function frequentFeatures(examples: readonly Pick<Example, 'features'>[], minCount: number): string[] {
  const counts = new Map<string, number>()
  for (const { features } of examples) for (const name of features.keys()) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].flatMap(([name, count]) => (count >= minCount ? [name] : [])).sort()
}

/** Predicted probability less the truth, for each label. */
function residuals(row: Row, values: Float64Array, bias: Float64Array, errors: Float64Array): void {
  const width = bias.length
  errors.set(bias)
  for (let at = 0; at < row.ids.length; at += 1) {
    const start = row.ids[at]! * width
    for (let label = 0; label < width; label += 1) errors[label]! += values[start + label]! * row.values[at]!
  }
  const highest = Math.max(...errors)
  let total = 0
  for (let label = 0; label < width; label += 1) total += errors[label] = Math.exp(errors[label]! - highest)
  for (let label = 0; label < width; label += 1) errors[label]! /= total
  errors[row.label]! -= 1
}

export function quantise({ labels, features, values, bias }: Weights): LinearModelFile {
  const highest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9)
  const scale = highest / 32767
  const whole = Int16Array.from(values, (value) => Math.round(value / scale))
  const weights = Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength).toString('base64')
  return { labels, features, weights, scale, bias: [...bias].map((value) => Number(value.toFixed(5))), temperature: 1 }
}
