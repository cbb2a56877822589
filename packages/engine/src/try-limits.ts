import type { Failure } from '@stageline/domain'

/** The time that one try has: from its begin to its end, and between two signs of life where the step asks for those. */
export class TryLimits {
  readonly #onOver: (why: Error) => void
  readonly #heartbeatMs: number | undefined
  readonly #end: NodeJS.Timeout
  #silence: NodeJS.Timeout | undefined
  /** What the try failed of, once a limit is over. */
  failure: Failure | undefined

  constructor({
    timeoutMs,
    heartbeatMs,
    onOver,
  }: {
    timeoutMs: number
    heartbeatMs: number | undefined
    /** Told when a limit is over. */
    onOver: (why: Error) => void
  }) {
    this.#heartbeatMs = heartbeatMs
    this.#onOver = onOver
    this.#end = setTimeout(() => {
      this.#fail({
        kind: 'transient',
        code: 'stage.timeout',
        message: `The step took longer than ${timeoutMs} ms`,
      })
    }, timeoutMs)
    this.beat()
  }

  /** The handler has given a sign of life. */
  beat(): void {
    const ms = this.#heartbeatMs
    clearTimeout(this.#silence)
    if (ms === undefined || this.failure) return
    this.#silence = setTimeout(() => {
      this.#fail({
        kind: 'transient',
        code: 'stage.heartbeat_timeout',
        message: `The handler gave no sign of life for ${ms} ms`,
      })
    }, ms)
  }

  #fail(failure: Failure): void {
    this.stop()
    this.failure = failure
    this.#onOver(new Error(failure.message))
  }

  /** Nothing is measured any more. */
  stop(): void {
    clearTimeout(this.#end)
    clearTimeout(this.#silence)
  }
}
