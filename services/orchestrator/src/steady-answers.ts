/** As long as a worker needs at most to renew its claims again: one interval of renewing, and its wait between tries. */
const STEADY_AFTER_MS = 5_000
/** An outage within a shorter round leaves a lease of 10 s, renewed every 3 s, time enough for the next renewal. */
const LONGEST_ROUND_MS = 5_000

export type SteadyAnswers = {
  /** Whether all rounds of the last 5 s ended well and in time, so that whoever is alive has renewed its claims. */
  isSteady(): boolean
  /** Does a round and remembers how it went. */
  watch<T>(round: () => Promise<T>): Promise<T>
}

/**
 * Tells a worker that is gone from one that could not reach the database: after an outage everybody's claims have run out,
 * and the living renew theirs within moments. What was before a process began is not known, so it begins unsteady.
 *
 * @param elapsed a monotonic clock, ms
 */
export function steadyAnswers(elapsed: () => number): SteadyAnswers {
  let since: number | undefined
  return {
    isSteady: () => since !== undefined && elapsed() - since >= STEADY_AFTER_MS,
    watch: async (round) => {
      const [began, before] = [elapsed(), since]
      since = undefined
      const result = await round()
      const ended = elapsed()
      since = before !== undefined && ended - began <= LONGEST_ROUND_MS ? before : ended
      return result
    },
  }
}
