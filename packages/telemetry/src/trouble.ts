const WINDOW_MS = 1_000

type Open = { timer: NodeJS.Timeout; more: number; last: () => void }

/**
 * Lets each distinct trouble through at once, then at most once a second with the number of times that it came since:
 * an outage writes one line a second, not thousands, and none of them is lost.
 */
export class TroubleLimiter implements Disposable {
  readonly #open = new Map<string, Open>()

  /** @param write is told how often the trouble came since the last line, this time included */
  report(code: string, write: (count: number) => void): void {
    const open = this.#open.get(code)
    if (!open) {
      this.#begin(code)
      return write(1)
    }
    open.more += 1
    open.last = () => write(open.more)
  }

  #begin(code: string): void {
    const timer = setTimeout(() => this.#end(code), WINDOW_MS).unref()
    this.#open.set(code, { timer, more: 0, last: () => undefined })
  }

  #end(code: string): void {
    const ended = this.#open.get(code)
    this.#open.delete(code)
    if (!ended || ended.more === 0) return
    this.#begin(code)
    ended.last()
  }

  /** Writes what is still held. */
  [Symbol.dispose](): void {
    for (const { timer, more, last } of this.#open.values()) {
      clearTimeout(timer)
      if (more > 0) last()
    }
    this.#open.clear()
  }
}
