/**
 * Until the next of the ticks that all work of this process has in common, ms: just behind it, since timers know whole
 * milliseconds only and whoever wakes just before it would wake twice.
 */
export const untilTick = (everyMs: number): number => Math.ceil(everyMs - (performance.now() % everyMs)) + 1

/**
 * Calls again and again, at common ticks: to wake for each piece of work apart costs an idle process more than the work. Keeps
 * no process alive.
 *
 * @returns what ends it
 */
export function atTicks(everyMs: number, call: () => void): () => void {
  let timer: NodeJS.Timeout
  const wait = () => {
    timer = setTimeout(() => {
      wait()
      call()
    }, untilTick(everyMs)).unref()
  }
  wait()
  return () => clearTimeout(timer)
}
