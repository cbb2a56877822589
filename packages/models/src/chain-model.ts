/**
 * A classifier that counts: each chain is a row of contexts, from a short one to ever longer ones (the first letter of a
 * number, its first two, its first three …), and each context knows how often it came with which label. Longer contexts
 * are trusted as far as they were seen, shorter ones fill up (Witten and Bell 1991, "The zero-frequency problem").
 */
export type ChainModelFile = {
  labels: string[]
  /** How often each label came at all. */
  prior: number[]
  /** How much a chain counts. */
  weights: Record<string, number>
  /** Context, with the name of its chain before it, to label and count in turns. */
  contexts: Record<string, number[]>
  /** Sums are divided by it before the softmax, so that probabilities are what held-out data showed them to be. */
  temperature: number
}

/** Contexts of one thing by the name of the chain, shortest first. */
export type Chains = Readonly<Record<string, readonly string[]>>

export class ChainModel {
  readonly #file: ChainModelFile
  readonly #prior: readonly number[]

  constructor(file: ChainModelFile) {
    this.#file = file
    const total = file.prior.reduce((sum, count) => sum + count, 0)
    this.#prior = file.prior.map((count) => count / total)
  }

  /** Labels with probabilities that sum to 1, most probable first. */
  predict(chains: Chains): { label: string; probability: number }[] {
    const sums = this.#prior.map((share) => Math.log(share))
    for (const [name, contexts] of Object.entries(chains)) this.#add(sums, name, contexts)
    const highest = Math.max(...sums)
    const powers = sums.map((sum) => Math.exp((sum - highest) / this.#file.temperature))
    const total = powers.reduce((sum, power) => sum + power, 0)
    return this.#file.labels
      .map((label, index) => ({ label, probability: powers[index]! / total }))
      .sort((a, b) => b.probability - a.probability)
  }

  #add(sums: number[], name: string, contexts: readonly string[]): void {
    const weight = this.#file.weights[name] ?? 0
    const shares = this.#sharesAfter(name, contexts)
    shares.forEach((share, label) => {
      sums[label]! += weight * Math.log(share / this.#prior[label]!)
    })
  }

  /** Shares of the labels after the longest context that was ever seen. */
  #sharesAfter(name: string, contexts: readonly string[]): number[] {
    let shares = [...this.#prior]
    for (const context of contexts) {
      const counts = this.#file.contexts[`${name}:${context}`]
      if (!counts) return shares
      shares = filledUp(counts, shares)
    }
    return shares
  }
}

function filledUp(counts: readonly number[], shorter: readonly number[]): number[] {
  const distinct = counts.length / 2
  let total = distinct
  for (let at = 1; at < counts.length; at += 2) total += counts[at]!
  const shares = shorter.map((share) => (distinct * share) / total)
  for (let at = 0; at < counts.length; at += 2) shares[counts[at]!]! += counts[at + 1]! / total
  return shares
}
