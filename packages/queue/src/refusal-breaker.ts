import { TransientError } from '@stageline/domain'
import { outageOf } from './refusal-of.ts'

const PROBE_EVERY_MS = 1_000

type Options = {
  /** A small write, where the work would go. */
  probe: () => Promise<unknown>
  /** Which errors open it, as a short reason; default: refusals of Redis, and no answer. */
  reasonOf?: (error: unknown) => string | undefined
  onOpen?: (reason: string) => void
  onClose?: () => void
}

/**
 * Keeps work away from a Redis that refuses it: after the first refusal nothing is tried but one small write a second,
 * and the first that is taken lets everything through again.
 */
export class RefusalBreaker implements Disposable {
  readonly #options: Options
  #reason: string | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(options: Options) {
    this.#options = options
  }

  /** Why nothing goes through; undefined while all is well. */
  get reason(): string | undefined {
    return this.#reason
  }

  /** @throws TransientError `queue.unavailable` at once while it is open */
  async through<T>(work: () => Promise<T>): Promise<T> {
    if (this.#reason !== undefined) throw takesNoMessages(this.#reason)
    try {
      return await work()
    } catch (error) {
      this.note(error)
      throw error
    }
  }

  /** Opens it when the error is of the kind that opens it. */
  note(error: unknown): void {
    const reason = (this.#options.reasonOf ?? outageOf)(error)
    if (reason === undefined || this.#reason !== undefined) return
    this.#reason = reason
    this.#options.onOpen?.(reason)
    this.#timer = setInterval(() => void this.#probe(), PROBE_EVERY_MS).unref()
  }

  async #probe(): Promise<void> {
    try {
      await this.#options.probe()
    } catch (error) {
      if (this.#timer) this.#reason = outageOf(error) ?? this.#reason
      return
    }
    if (!this.#timer) return
    this[Symbol.dispose]()
    this.#reason = undefined
    this.#options.onClose?.()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

export const takesNoMessages = (reason: string, cause?: unknown): TransientError =>
  new TransientError('queue.unavailable', `Redis takes no messages: ${reason}`, { cause })
