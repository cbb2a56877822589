/** Chance that can be had again: everything random in a run comes from its seed. */
export type Random = {
  /** From 0 to below 1. */
  next(): number
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number
  between(from: number, to: number): number
  chance(probability: number): boolean
  pick<T>(list: readonly T[]): T
  /** Another sequence of the same seed, so that who draws more does not shift what others draw. */
  fork(name: string): Random
}

/** Mulberry32 (Tommy Ettinger): 32 bits of state, good enough to choose faults by. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    next,
    below,
    between: (from, to) => from + next() * (to - from),
    chance: (probability) => next() < probability,
    pick: (list) => {
      if (list.length === 0) throw new RangeError('There is nothing to pick from')
      return list[below(list.length)]!
    },
    fork: (name) => createRandom(Math.imul(seed, 31) + hash(name)),
  }
}

const hash = (text: string): number => [...text].reduce((sum, one) => Math.imul(sum, 33) + one.charCodeAt(0), 5381)
