export type ServerClock = {
  now(): Date
  /** @param askedAtMs when the question was sent, by the monotonic clock */
  observe(time: string, askedAtMs: number): void
}

/**
 * The clock of the database between two answers: a monotonic clock and its distance to the server's. The server told its
 * time between question and answer, which bounds the distance on both sides; one within the bounds is kept. So an answer
 * that was long under way says little and turns no time back, while drift and a clock that was set are followed. Until
 * the first answer it is the local clock.
 */
export function createServerClock(monotonicMs: () => number): ServerClock {
  let distance: number | undefined

  return {
    now: () => new Date(distance === undefined ? Date.now() : distance + monotonicMs()),
    observe(time, askedAtMs) {
      const told = Date.parse(time)
      const [least, most] = [told - monotonicMs(), told - askedAtMs]
      distance = Math.min(Math.max(distance ?? (least + most) / 2, least), most)
    },
  }
}
