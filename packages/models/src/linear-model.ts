/**
 * A linear text classifier: named sparse features, one weight per feature and label, softmax over the sums. Small,
 * readable, and quick enough that no stage needs a second process for it. Weights are 16-bit integers in base64 with
 * one scale for all, so that a model is a JSON file of some hundred kilobytes.
 */
export type LinearModelFile = {
  labels: string[]
  features: string[]
  /** Little-endian int16, feature by feature, in each the labels in order. */
  weights: string
  scale: number
  bias: number[]
  /** Sums are divided by it before the softmax, so that probabilities are what held-out data showed them to be. */
  temperature: number
}

export type Scores = { label: string; probability: number }[]

export class LinearModel {
  readonly labels: readonly string[]
  readonly #file: LinearModelFile
  readonly #index: Map<string, number>
  readonly #weights: Int16Array

  constructor(file: LinearModelFile) {
    const bytes = Uint8Array.from(Buffer.from(file.weights, 'base64'))
    this.labels = file.labels
    this.#file = file
    this.#index = new Map(file.features.map((feature, index) => [feature, index]))
    this.#weights = new Int16Array(bytes.buffer)
  }

  /** Labels with probabilities that sum to 1, most probable first. Unknown features count for nothing. */
  predict(features: ReadonlyMap<string, number>): Scores {
    const sums = this.#sums(features).map((sum) => sum / this.#file.temperature)
    const highest = Math.max(...sums)
    const powers = sums.map((sum) => Math.exp(sum - highest))
    const total = powers.reduce((sum, power) => sum + power, 0)
    return this.labels
      .map((label, index) => ({ label, probability: (powers[index] ?? 0) / total }))
      .sort((a, b) => b.probability - a.probability)
  }

  #sums(features: ReadonlyMap<string, number>): number[] {
    const sums = [...this.#file.bias]
    const width = sums.length
    for (const [name, value] of features) {
      const row = this.#index.get(name)
      if (row === undefined) continue
      for (let label = 0; label < width; label += 1) {
        sums[label] = (sums[label] ?? 0) + (this.#weights[row * width + label] ?? 0) * this.#file.scale * value
      }
    }
    return sums
  }
}
