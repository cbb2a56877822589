import type { Job, Workflow } from '@stageline/domain'
import { StagelineError } from '@stageline/domain'
import type { JobStore } from './ports/index.ts'
import { recordWithHeld } from './in-one-go.ts'
import type { Held, RecordChange, Recorded } from './recorder.ts'

const LEASE_MS = 10_000
const RENEW_EVERY_MS = 3_000
/** Short enough that a cancel reaches the handler within a second, also when its hint was lost. */
const LOOK_EVERY_MS = 700
/** So long before its lease ends a handler with effects outside stops, unless the lease was renewed. */
const STOP_BEFORE_END_MS = 1_500

/** A step that a worker works: the row as it was last seen, and the fence that its outcome must carry. */
export type HeldStep = {
  workflow: Workflow
  job: Job
  step: string
  fence: number
  /** Its handler has effects outside, so it must not run on beyond its lease. */
  callsOut: boolean
  /** Called when the step is no longer ours; the error says why. */
  lose: (why: StagelineError) => void
  /** What happened to the job just before, here, and is recorded with the first that happens to this step. */
  unrecorded?: readonly Held[] | undefined
}

type Deps = {
  record: RecordChange
  store: Pick<JobStore, 'read'>
  /** Who claims, as the rows shall say. */
  worker: string
  /** A monotonic clock, ms. */
  elapsed?: () => number
}

type Hold = { leaseEndsAt: number; isRenewing: boolean }

/**
 * Claims of one process: taken by compare-and-set, renewed together every 3 s while their handlers run, and looked at in
 * between, so that what a person cancelled stops within a second wherever it runs. What is no longer ours is lost: its
 * signal aborts and its outcome no longer counts. A lease that cannot be renewed in time is lost, too, where two handlers
 * must never run at once; whether it is in time is judged by a monotonic clock, from before the renewal was asked for.
 */
export class Claims {
  readonly #deps: Deps
  readonly #elapsed: () => number
  readonly #held = new Map<HeldStep, Hold>()
  /** Only while something is held. */
  #timers: NodeJS.Timeout[] = []
  #isLooking = false

  constructor(deps: Deps) {
    this.#deps = deps
    this.#elapsed = deps.elapsed ?? (() => performance.now())
  }

  /** True when the step is ours now; its fence has gone up. */
  async take(held: HeldStep, crashed: boolean): Promise<boolean> {
    const { workflow, job, step, fence } = held
    const { record, worker } = this.#deps
    const leaseEndsAt = this.#elapsed() + LEASE_MS
    const happening = { kind: 'claimed', step, fence, leaseMs: LEASE_MS, crashed, worker } as const
    const recorded = await recordWithHeld(held, { workflow, job, happening }, record)
    if (recorded.kind !== 'recorded') return false
    held.job = recorded.job
    held.fence = fence + 1
    const hold = { leaseEndsAt, isRenewing: false }
    this.#hold(held, hold)
    // The record may have taken longer than the lease: then another may have the step already.
    if (held.callsOut && this.#isEnding(hold)) this.#lose(held, leaseNotRenewed())
    return true
  }

  /** Renews a claim and stores with it what the handler leaves for the next try. */
  keep(held: HeldStep, checkpoint: unknown): Promise<Recorded> {
    return this.#renew(held, checkpoint)
  }

  drop(held: HeldStep): void {
    this.#held.delete(held)
  }

  /** Looks at once at what is held of this job: somebody says that it has changed. */
  async look(jobId: string): Promise<void> {
    await this.#look([...this.#held.keys()].filter(({ job }) => job.id === jobId)).catch(() => undefined)
  }

  #hold(held: HeldStep, hold: Hold): void {
    this.#held.set(held, hold)
    if (this.#timers.length > 0) return
    this.#timers = [
      setInterval(() => void this.#renewAll(), RENEW_EVERY_MS).unref(),
      setInterval(() => void this.#watch(), LOOK_EVERY_MS).unref(),
    ]
  }

  async #renewAll(): Promise<void> {
    const idle = [...this.#held].filter(([, hold]) => !hold.isRenewing)
    await Promise.all(
      idle.map(async ([held, hold]) => {
        hold.isRenewing = true
        await this.#renew(held).catch(() => undefined)
        hold.isRenewing = false
      }),
    )
  }

  async #renew(held: HeldStep, checkpoint?: unknown): Promise<Recorded> {
    const { workflow, job, step, fence } = held
    const leaseEndsAt = this.#elapsed() + LEASE_MS
    const kept = checkpoint === undefined ? {} : { checkpoint }
    const happening = { kind: 'renewed', step, fence, leaseMs: LEASE_MS, ...kept } as const
    const recorded = await this.#deps.record({ workflow, job, happening })
    const hold = this.#held.get(held)
    if (!hold) return recorded
    if (recorded.kind === 'stale') this.#lose(held, claimLost())
    if (recorded.kind === 'recorded') {
      hold.leaseEndsAt = Math.max(hold.leaseEndsAt, leaseEndsAt)
      if (recorded.job.revision > held.job.revision) held.job = recorded.job
    }
    return recorded
  }

  async #watch(): Promise<void> {
    if (this.#held.size === 0) return this[Symbol.dispose]()
    const over = [...this.#held].filter(([held, hold]) => held.callsOut && this.#isEnding(hold))
    for (const [held] of over) this.#lose(held, leaseNotRenewed())
    if (this.#isLooking) return
    this.#isLooking = true
    await this.#look([...this.#held.keys()]).catch(() => undefined)
    this.#isLooking = false
  }

  #isEnding({ leaseEndsAt }: Hold): boolean {
    return this.#elapsed() > leaseEndsAt - STOP_BEFORE_END_MS
  }

  /** One read for all of them. A database that does not answer takes nothing away. */
  async #look(held: readonly HeldStep[]): Promise<void> {
    if (held.length === 0) return
    const rows = await this.#deps.store.read(held.map(({ job }) => ({ tenantId: job.tenantId, jobId: job.id })))
    held.forEach((one, i) => {
      const step = rows[i]?.steps[one.step]
      const ours = step?.state === 'processing' && step.fence === one.fence
      if (!ours && this.#held.has(one)) this.#lose(one, claimLost())
    })
  }

  #lose(held: HeldStep, why: StagelineError): void {
    this.#held.delete(held)
    held.lose(why)
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearInterval(timer)
    this.#timers = []
  }
}

export const claimLost = (): StagelineError =>
  new StagelineError('transient', 'step.claim_lost', 'Another worker has this step, or nobody wants it any more')

const LEASE_NOT_RENEWED = 'step.lease_not_renewed'

const leaseNotRenewed = (): StagelineError =>
  new StagelineError('transient', 'step.lease_not_renewed', 'The claim could not be renewed in time')

/** The handler was stopped in time, and the step may still be ours to give back. */
export const isLeaseNotRenewed = (why: unknown): boolean =>
  why instanceof StagelineError && why.code === LEASE_NOT_RENEWED
