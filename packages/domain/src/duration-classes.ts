/** Classes for one doubling of a duration: the middle of a class is at most 5 % off. The database counts with the same. */
export const DURATION_CLASSES = 8

/** So many durations of one class, and their sum. */
export type ClassCount = { class: number; count: number; totalMs: number }

export type Durations = { count: number; avgMs: number; p50Ms: number; p95Ms: number; p99Ms: number }

/** Null where there is none. */
export function durationsOf(counts: readonly ClassCount[]): Durations | null {
  const sorted = counts.toSorted((a, b) => a.class - b.class)
  const count = sum(sorted.map((one) => one.count))
  if (count === 0) return null
  const at = (share: number) => Math.round(middleOf(classAt(sorted, share * count)))
  const avgMs = Math.round(sum(sorted.map(({ totalMs }) => totalMs)) / count)
  return { count, avgMs, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) }
}

/** The class in which the duration of this rank lies. */
function classAt(sorted: readonly ClassCount[], rank: number): number {
  let seen = 0
  for (const { class: here, count } of sorted) {
    seen += count
    if (seen >= rank) return here
  }
  return sorted.at(-1)?.class ?? 0
}

const middleOf = (of: number): number => 2 ** ((of + 0.5) / DURATION_CLASSES)

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
