const MAX_UNRECORDED = 200
/** So long computations go on one after the other before the event loop gets its turn, ms. */
const YIELD_AFTER_MS = 10

export type Turn = {
  /** It computes nothing any more: whoever waits may go on. */
  end(): void
  /** What it made is not held in memory any more, either. */
  leave(): void
}

/**
 * Computations of one process, one after the other, and only so many whose results wait for their record. All of a burst at
 * once would end no sooner, while what each of them makes outlives collection after collection of garbage, which was a quarter
 * of a worker's time.
 */
export class Turns {
  readonly #maxUnrecorded: number
  readonly #waiting: ((turn: Turn) => void)[] = []
  #isTaken = false
  #unrecorded = 0
  #since = 0

  constructor(maxUnrecorded = MAX_UNRECORDED) {
    this.#maxUnrecorded = maxUnrecorded
  }

  /** Resolves when it is one's turn. */
  next(): Promise<Turn> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#pass()
    })
  }

  #pass(): void {
    if (this.#isTaken || this.#unrecorded >= this.#maxUnrecorded || this.#waiting.length === 0) return
    this.#isTaken = true
    this.#unrecorded += 1
    const begin = this.#waiting.shift()!
    if (performance.now() - this.#since < YIELD_AFTER_MS) return begin(this.#begin())
    setImmediate(() => {
      this.#since = performance.now()
      begin(this.#begin())
    })
  }

  #begin(): Turn {
    let [computes, isHeld] = [true, true]
    const end = () => {
      if (!computes) return
      computes = false
      this.#isTaken = false
      this.#pass()
    }
    return {
      end,
      leave: () => {
        if (!isHeld) return
        isHeld = false
        this.#unrecorded -= 1
        end()
        this.#pass()
      },
    }
  }
}
