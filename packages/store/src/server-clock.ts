/** More than this is not jitter of the network: somebody set the clock. */
const JUMP_MS = 1_000

export type ServerClock = { now(): Date; observe(time: string): void }

/**
 * The clock of the database between two answers: its last time plus what has passed since on a monotonic clock. Answers
 * arrive late, never early, so the largest difference seen is the nearest; it sinks by at most 1 ms an answer, which
 * follows drift without stepping back. Until the first answer it is the local clock.
 */
export function createServerClock(monotonicMs: () => number): ServerClock {
  let offset: number | undefined

  return {
    now: () => new Date(offset === undefined ? Date.now() : offset + monotonicMs()),
    observe(time) {
      const next = Date.parse(time) - monotonicMs()
      const behind = offset === undefined ? 0 : offset - next
      offset = behind > 0 && behind < JUMP_MS ? next + behind - Math.min(behind, 1) : next
    },
  }
}
