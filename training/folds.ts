import type { Dirs } from './data.ts'
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

/** What a model learns from, and what it is tested on. */
export type Round<T> = { train: T[]; test: T[] }

/** Each fold with the rest of the examples to train on. */
export function splits<T>(folds: readonly T[][]): Round<T>[] {
  return folds.map((test, index) => ({ test, train: folds.filter((_, other) => other !== index).flat() }))
}

/** Cross-validation on one folder, or one round that learns from all of one and is tested on all of another. */
export async function roundsOf<T>(
  { train, test }: Dirs,
  read: (dir: string) => T[] | Promise<T[]>,
  foldsOf: (examples: T[]) => T[][],
): Promise<Round<T>[]> {
  const examples = await read(train)
  return train === test ? splits(foldsOf(examples)) : [{ train: examples, test: await read(test) }]
}

const smallest = <T>(folds: T[][]): T[] => folds.reduce((best, fold) => (fold.length < best.length ? fold : best))
