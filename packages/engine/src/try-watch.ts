import type { StageContext } from './stage.ts'
import { claimOnce, stepHeartbeat, type OneClaim } from './step-heartbeat.ts'
import type { ExecutorDeps, Try } from './step-try.ts'
import { TryLimits } from './try-limits.ts'

/** After this long people shall see that the step is being worked. */
const CLAIM_AFTER_MS = 250

/**
 * Watches over one try: its limits, its claim, and whatever else ends it. Nothing of that is made before the handler asks
 * for it or takes its time.
 */
export class TryWatch {
  readonly #work: Try
  readonly #deps: ExecutorDeps
  #why: { reason: unknown } | undefined
  #abort: AbortController | undefined
  #limits: TryLimits | undefined
  #claim: OneClaim | undefined
  #heartbeat: StageContext['heartbeat'] | undefined
  #late: NodeJS.Timeout | undefined
  #noLongerHeld: (() => void) | undefined
  #reject: ((why: unknown) => void) | undefined
  #isOver = false

  constructor(work: Try, deps: ExecutorDeps) {
    this.#work = work
    this.#deps = deps
    work.onLost = (why) => this.#stop(why)
    if (work.lost) this.#stop(work.lost)
  }

  /** It has been told to stop. */
  get isStopped(): boolean {
    return this.#why !== undefined
  }

  /** What the try failed of, once a limit is over. */
  get failure() {
    return this.#limits?.failure
  }

  /** Aborts when the try must stop. */
  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController()
      this.#noLongerHeld ??= this.#deps.handlers.whenLettingGo((why) => this.#stop(why))
      if (this.#why) this.#abort.abort(this.#why.reason)
    }
    return this.#abort.signal
  }

  get heartbeat(): StageContext['heartbeat'] {
    this.#heartbeat ??= stepHeartbeat(this.#work, {
      claims: this.#deps.claims,
      claim: () => this.#theClaim().claim(),
      signal: this.signal,
      beat: () => this.#theLimits().beat(),
    })
    return this.#heartbeat
  }

  /** @throws the reason, once the try must stop */
  throwIfStopped(): void {
    if (this.#why) throw this.#why.reason
  }

  /** What the handler gives in the end; rejects as soon as the try must stop. */
  follow<T>(handler: Promise<T>): Promise<T> {
    this.#theLimits()
    this.#noLongerHeld ??= this.#deps.handlers.whenLettingGo((why) => this.#stop(why))
    // What was done before it is not held up.
    if (this.#work.unrecorded) void this.#theClaim().claim()
    else this.#late = setTimeout(() => void this.#theClaim().claim(), CLAIM_AFTER_MS)
    return new Promise((resolve, reject) => {
      this.#reject = reject
      if (this.#why) reject(this.#why.reason)
      handler.then(resolve, reject)
    })
  }

  /** Nothing is measured any more. */
  stopTimers(): void {
    this.#limits?.stop()
  }

  /** The try is over. Resolves when a claim that was under way is ours or lost. */
  async end(): Promise<void> {
    this.stopTimers()
    clearTimeout(this.#late)
    this.#noLongerHeld?.()
    this.#isOver = true
    await this.#claim?.end()
  }

  #stop(reason: unknown): void {
    if (this.#why) return
    this.#why = { reason }
    this.#abort?.abort(reason)
    this.#reject?.(reason)
  }

  #theClaim(): OneClaim {
    if (this.#claim) return this.#claim
    this.#claim = claimOnce(this.#work, this.#deps.claims)
    if (this.#isOver) void this.#claim.end()
    return this.#claim
  }

  /** The definition's limits win over the stage's, and those over the environment's. */
  #theLimits(): TryLimits {
    if (this.#limits) return this.#limits
    const { stage, timeoutMs } = this.#deps
    const { definition } = this.#work.workflow.steps.get(this.#work.step)!
    this.#limits = new TryLimits({
      timeoutMs: definition.timeoutMs ?? stage.timeoutMs ?? timeoutMs,
      heartbeatMs: definition.heartbeatMs ?? stage.heartbeatMs,
      onOver: (why) => this.#stop(why),
    })
    return this.#limits
  }
}
