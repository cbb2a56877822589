export type Random = () => number

/** Numbers from 0 up to 1, the same for the same seed (mulberry32, public domain). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** A shuffled copy (Fisher and Yates). */
export function shuffle<T>(items: readonly T[], random: Random): T[] {
  const copy = [...items]
  for (let index = copy.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1))
    const kept = copy[index]!
    copy[index] = copy[other]!
    copy[other] = kept
  }
  return copy
}

export const pick = <T>(items: readonly T[], random: Random): T => items[Math.floor(random() * items.length)]!
