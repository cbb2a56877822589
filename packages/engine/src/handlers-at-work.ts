import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { StepRef } from './ports/index.ts'

type Options = {
  /** How long a handler may take to stop once its signal has aborted. */
  graceMs: number
  /** Aborts when the process must let go of what it holds. */
  shutdown: AbortSignal
  /** A handler did not stop in its time: it goes on until its process ends. Told at once. */
  onStraggler: (step: StepRef) => void
}

/** A process that must let go waits so long for handlers that heed their signal: it has little time itself. */
const SHUTDOWN_GRACE_MS = 1_000

/**
 * The handlers that run in one process. JavaScript cannot stop one from outside, so who ignores its signal is held until
 * it ends after all, or nothing else is at work here: only then, just before the process ends, does its step go on to
 * another try. So no two handlers of a step run side by side.
 */
export class HandlersAtWork {
  readonly #options: Options
  readonly #stragglers = new Set<() => void>()
  readonly #watching = new Set<(why: unknown) => void>()
  readonly #end: Disposable = {
    [Symbol.dispose]: () => {
      this.#atWork -= 1
      this.#letGo()
    },
  }
  #atWork = 0

  constructor(options: Options) {
    this.#options = options
    const { shutdown } = options
    const letGo = () => {
      for (const stop of this.#watching) stop(shutdown.reason)
    }
    shutdown.addEventListener('abort', letGo, { once: true })
  }

  /** The process must let go of what it holds. */
  get isLettingGo(): boolean {
    return this.#options.shutdown.aborted
  }

  /** Calls `stop` when the process must let go, at once where it must already; returns what ends that. */
  whenLettingGo(stop: (why: unknown) => void): () => void {
    const { shutdown } = this.#options
    if (shutdown.aborted) stop(shutdown.reason)
    this.#watching.add(stop)
    return () => void this.#watching.delete(stop)
  }

  /** Counts the handler until it is disposed. */
  begin(): Disposable {
    this.#atWork += 1
    return this.#end
  }

  /**
   * Resolves when a handler whose signal has aborted has ended; when it ignores that, with the last others of the process.
   *
   * @returns its output, where it gave one after all
   */
  async ended(handler: Promise<unknown>, step: StepRef): Promise<{ output: unknown } | undefined> {
    const over = new AbortController()
    const result = handler.then(
      (output) => ({ output }),
      () => undefined,
    )
    const first = await Promise.race([result, this.#graceIsOver(over.signal)])
    over.abort()
    if (first !== 'straggling') return first
    await Promise.race([this.#straggle(step), result])
    return undefined
  }

  async #graceIsOver(signal: AbortSignal): Promise<'straggling'> {
    const { graceMs, shutdown } = this.#options
    if (!shutdown.aborted)
      await Promise.race([delay(graceMs, undefined, { signal }), once(shutdown, 'abort', { signal })])
    if (shutdown.aborted) await delay(Math.min(graceMs, SHUTDOWN_GRACE_MS), undefined, { signal })
    return 'straggling'
  }

  #straggle(step: StepRef): Promise<void> {
    this.#options.onStraggler(step)
    return new Promise((resolve) => {
      this.#stragglers.add(resolve)
      this.#letGo()
    })
  }

  #letGo(): void {
    if (this.#stragglers.size < this.#atWork) return
    for (const resolve of this.#stragglers) resolve()
    this.#stragglers.clear()
  }
}
