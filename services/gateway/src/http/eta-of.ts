type Pace = { since: number; now: number; finished: number; expected: number }

/** When the last one is through at the pace so far; null while that cannot be told, and at the end. */
export function etaOf({ since, now, finished, expected }: Pace): string | null {
  if (finished === 0 || finished >= expected) return null
  const ms = (Math.max(now - since, 0) * (expected - finished)) / finished
  return new Date(now + ms).toISOString()
}
