import { createRandom, shuffle } from './random.ts'

/**
 * Splits examples into seeded folds. Examples of one group (a vendor, a shop, a scenario) always share a fold, so that
 * no fold is tested on what it has seen; groups go, largest first, to the fold that is smallest so far.
 */
export function makeFolds<T>(
  examples: readonly T[],
  options: { folds?: number; seed?: number; group: (x: T) => string },
): T[][] {
  const { folds = 5, seed = 1, group } = options
  const groups = Object.values(Object.groupBy(examples, group)).map((members) => members ?? [])
  const order = shuffle(groups, createRandom(seed)).sort((a, b) => b.length - a.length)
  const result: T[][] = Array.from({ length: folds }, () => [])
  for (const members of order) smallest(result).push(...members)
  return result
}

/** Each fold with the rest of the examples to train on. */
export function splits<T>(folds: readonly T[][]): { train: T[]; test: T[] }[] {
  return folds.map((test, index) => ({ test, train: folds.filter((_, other) => other !== index).flat() }))
}

const smallest = <T>(folds: T[][]): T[] => folds.reduce((best, fold) => (fold.length < best.length ? fold : best))
