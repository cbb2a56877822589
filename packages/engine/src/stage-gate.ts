import type { Failure } from '@stageline/domain'
import type { HoldReason, Observer, StageHold, StageRegistry, StepEnd } from './ports/index.ts'
import { probeAnswer } from './probe-answer.ts'

/** What a message that has just arrived may do: run whole, prove with one step that the stage works, or go back. */
export type Pass = 'all' | 'probe' | 'none'

export type StageGateDeps = {
  stage: string
  workerId: string
  registry: Pick<StageRegistry, 'heartbeat' | 'limit' | 'openBreaker' | 'closeBreaker'>
  observer: Pick<Observer, 'stage' | 'trouble'>
  /** Tells the other workers that the stage's row has changed. */
  tellOthers: () => void
  /** Called with every change of whether messages may be fetched. */
  onChange: (isOpen: boolean) => void
  /** Delay before the first probe, ms; it doubles with each that fails, up to the most. */
  breaker: { baseMs: number; maxMs: number }
  monotonicMs?: () => number
}

/** A prober that gets no message for so long lets another try: perhaps it is the one that hears nothing. */
const IDLE_PROBE_MS = 15_000
const MAX_REASON = 300
const FREE: StageHold = { paused: false, limitedMs: 0, breaker: 'closed', probeInMs: 0, probing: false }

/**
 * Whether this process may work its stage: a copy of what the stage's row says, looked at every second and at every hint.
 * A failure that speaks of the whole stage closes it here at once, before the row is written and the others hear of it.
 */
export class StageGate {
  readonly #deps: StageGateDeps
  readonly #monotonicMs: () => number
  #hold = FREE
  #limitedUntil = 0
  #limitTold = 0
  #probesSince: number | undefined
  #probeInHand = false
  #wasOpen = true
  /** Goes up with what this process finds out itself: an answer to a question of before is out of date. */
  #turn = 0
  #tellings = 0
  #timer: NodeJS.Timeout | undefined

  constructor(deps: StageGateDeps) {
    this.#deps = deps
    this.#monotonicMs = deps.monotonicMs ?? (() => performance.now())
  }

  /** Whether messages should be fetched. */
  get isOpen(): boolean {
    const { paused, breaker, probing } = this.#hold
    if (paused || this.#limitedUntil > this.#monotonicMs()) return false
    return breaker === 'closed' || (probing && !this.#probeInHand)
  }

  /** Whether nothing holds the stage, and nothing has to be proved. */
  get isFree(): boolean {
    return this.isOpen && this.#hold.breaker === 'closed'
  }

  /** To be asked for every message that arrives, since some are under way when the gate closes. */
  enter(): Pass {
    if (!this.isOpen) return 'none'
    if (this.isFree) return 'all'
    this.#probeInHand = true
    this.#update()
    return 'probe'
  }

  /**
   * Reads the row; a probe that is due may fall to this worker.
   * @throws SystemError `store.unavailable`; the gate stays as it is
   */
  async look(): Promise<void> {
    if (this.#tellings > 0) return
    const turn = this.#turn
    const hold = await this.#deps.registry.heartbeat(this.#deps.stage, this.#deps.workerId, !this.#probesInVain())
    if (turn !== this.#turn) return
    this.#hold = hold
    this.#limitedUntil = hold.limitedMs > 0 ? this.#monotonicMs() + hold.limitedMs : 0
    // What a person has lifted must be written again when it is met again.
    this.#limitTold = this.#limitedUntil
    this.#probesSince = hold.probing ? (this.#probesSince ?? this.#monotonicMs()) : undefined
    this.#update()
  }

  /**
   * A failure as a handler threw it, before it is recorded. Only what concerns the whole stage changes anything.
   * @param waitMs how long the step itself will wait
   */
  heard(failure: Failure, waitMs: number): void {
    if (failure.kind === 'rate_limited') this.#limit(failure, waitMs)
    else if (failure.kind === 'system' && this.#hold.breaker === 'closed') void this.#open(failure)
  }

  /** What came of one step of a probe. `unclear`: it says nothing of the stage, and another step shall try. */
  async probed(end: StepEnd): Promise<'works' | 'down' | 'unclear'> {
    const answer = probeAnswer(end)
    if (answer === 'works') await this.#close()
    if (answer === 'down' && 'failure' in end) await this.#open(end.failure)
    return answer
  }

  /** The message of the probe is done with; as long as nothing is proved the next one is the probe. */
  leaveProbe(): void {
    this.#probeInHand = false
    if (this.#probesSince !== undefined) this.#probesSince = this.#monotonicMs()
    this.#update()
  }

  #probesInVain(): boolean {
    const since = this.#probesSince
    return since !== undefined && !this.#probeInHand && this.#monotonicMs() - since > IDLE_PROBE_MS
  }

  #limit(failure: Failure, waitMs: number): void {
    const until = this.#monotonicMs() + waitMs
    if (until <= this.#limitedUntil) return
    const isNew = !(this.#limitedUntil > this.#monotonicMs())
    this.#limitedUntil = until
    this.#update()
    if (isNew) this.#deps.observer.stage({ event: 'limited', stage: this.#deps.stage, failure, ms: waitMs })
    void this.#tell(() => this.#tellLimit(failure))
  }

  /** Of many that hear the same at once the first writes, and again if the end has moved on meanwhile. */
  async #tellLimit(failure: Failure): Promise<void> {
    while (this.#limitTold < this.#limitedUntil) {
      this.#limitTold = this.#limitedUntil
      const ms = this.#limitedUntil - this.#monotonicMs()
      await this.#deps.registry.limit(this.#deps.stage, { ms, ...this.#signed(failure) })
    }
  }

  #open(failure: Failure): Promise<void> {
    const { stage, registry, breaker, observer } = this.#deps
    this.#find({ breaker: 'open', probeInMs: breaker.baseMs, probing: false })
    return this.#tell(async () => {
      const times = await registry.openBreaker(stage, { ...breaker, ...this.#signed(failure) })
      if (times === 1) observer.stage({ event: 'breaker_opened', stage, failure })
      else if (times !== undefined) observer.stage({ event: 'probe_failed', stage, failure })
    })
  }

  #close(): Promise<void> {
    const { stage, workerId, registry, observer } = this.#deps
    this.#find({ breaker: 'closed', probeInMs: 0, probing: false })
    return this.#tell(async () => {
      if (await registry.closeBreaker(stage, workerId)) observer.stage({ event: 'breaker_closed', stage })
    })
  }

  #signed({ code, message }: Failure): HoldReason {
    return { workerId: this.#deps.workerId, code, reason: message.slice(0, MAX_REASON).toWellFormed() }
  }

  #find(change: Partial<StageHold>): void {
    this.#hold = { ...this.#hold, ...change }
    this.#update()
  }

  /** Writes what was found out; then the row decides again, whatever came of the writing. */
  async #tell(write: () => Promise<void>): Promise<void> {
    this.#turn += 1
    this.#tellings += 1
    try {
      await write()
      this.#deps.tellOthers()
    } catch (error) {
      this.#deps.observer.trouble('store.unavailable', error)
    } finally {
      this.#tellings -= 1
    }
    await this.look().catch((error: unknown) => this.#deps.observer.trouble('store.unavailable', error))
  }

  #update(): void {
    const { isOpen } = this
    clearTimeout(this.#timer)
    const restMs = this.#limitedUntil - this.#monotonicMs()
    if (restMs > 0) this.#timer = setTimeout(() => this.#update(), Math.min(restMs + 1, 2 ** 31 - 1)).unref()
    if (isOpen === this.#wasOpen) return
    this.#wasOpen = isOpen
    this.#deps.onChange(isOpen)
  }

  [Symbol.dispose](): void {
    this.#tellings = Number.POSITIVE_INFINITY
    clearTimeout(this.#timer)
  }
}
