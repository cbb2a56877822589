const WINDOW_MS = 1_000
/** Causes of one code that are told apart at a time: an outage with ever new messages must not write them all. */
const CAUSES_APART = 20

type Open = { code: string; timer: NodeJS.Timeout; more: number; last: () => void }

/**
 * Lets each distinct trouble (a code and its cause) through at once, then at most once a second with the number of times
 * that it came since: an outage writes one line a second, not thousands, and none of them is lost.
 */
export class TroubleLimiter implements Disposable {
  readonly #open = new Map<string, Open>()
  readonly #apart = new Map<string, number>()

  /**
   * @param cause tells troubles of one code apart, such as an error's message
   * @param write is told how often the trouble came since the last line, this time included
   */
  report(code: string, cause: string, write: (count: number) => void): void {
    const key = this.#keyOf(code, cause)
    const open = this.#open.get(key)
    if (!open) {
      this.#begin(key, code)
      return write(1)
    }
    open.more += 1
    open.last = () => write(open.more)
  }

  #keyOf(code: string, cause: string): string {
    const key = `${code} ${withoutNumbers(cause)}`
    return this.#open.has(key) || (this.#apart.get(code) ?? 0) < CAUSES_APART ? key : code
  }

  #begin(key: string, code: string): void {
    const timer = setTimeout(() => this.#end(key), WINDOW_MS).unref()
    this.#open.set(key, { code, timer, more: 0, last: () => undefined })
    this.#apart.set(code, (this.#apart.get(code) ?? 0) + 1)
  }

  #end(key: string): void {
    const ended = this.#open.get(key)
    if (!ended) return
    this.#forget(key, ended)
    if (ended.more === 0) return
    this.#begin(key, ended.code)
    ended.last()
  }

  #forget(key: string, { code }: Open): void {
    this.#open.delete(key)
    const left = (this.#apart.get(code) ?? 1) - 1
    if (left === 0) this.#apart.delete(code)
    else this.#apart.set(code, left)
  }

  /** Writes what is still held. */
  [Symbol.dispose](): void {
    for (const { timer, more, last } of this.#open.values()) {
      clearTimeout(timer)
      if (more > 0) last()
    }
    this.#open.clear()
    this.#apart.clear()
  }
}

/** One error about a thousand jobs, ports or counts is one trouble. */
const withoutNumbers = (text: string): string => text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+/gi, '#').slice(0, 200)
