/** Calls that are waiting for something, and since when. */
export type WaitingCalls = {
  /** Counts a call as waiting until it settles. */
  watch<T>(call: () => Promise<T>): Promise<T>
  count(): number
  /** How long the one that waits longest has been waiting, ms; 0 where none waits. */
  longestMs(): number
}

/** @param elapsed a monotonic clock, ms */
export function waitingCalls(elapsed: () => number): WaitingCalls {
  // In the order of their coming: the first is the oldest.
  const waiting = new Set<{ since: number }>()
  return {
    watch: async (call) => {
      const one = { since: elapsed() }
      waiting.add(one)
      try {
        return await call()
      } finally {
        waiting.delete(one)
      }
    },
    count: () => waiting.size,
    longestMs: () => {
      const [oldest] = waiting
      return oldest ? elapsed() - oldest.since : 0
    },
  }
}
