import type { Job, Workflow } from '@stageline/domain'
import type { JobStore } from './ports/index.ts'
import type { Change, Recorded } from './recorder.ts'

export const LEASE_MS = 10_000
const RENEW_EVERY_MS = 3_000
/** Short enough that a cancel reaches the handler within a second. */
const LOOK_EVERY_MS = 700

/** A step that a worker works: the row as it was last seen, and the fence that its outcome must carry. */
export type HeldStep = {
  workflow: Workflow
  job: Job
  step: string
  fence: number
  /** Called when the row says that somebody else has the step now, or nobody wants it any more. */
  lose: () => void
}

/**
 * Claims of one process: taken by compare-and-set, renewed together every 3 s while their handlers run, and looked at in
 * between, so that what a person cancelled stops within a second wherever it runs. What is no longer ours is lost: its
 * signal aborts and its outcome no longer counts.
 */
export class Claims {
  readonly #record: (change: Change) => Promise<Recorded>
  readonly #held = new Set<HeldStep>()
  readonly #store: Pick<JobStore, 'read'>
  readonly #timers: NodeJS.Timeout[]

  constructor(record: (change: Change) => Promise<Recorded>, store: Pick<JobStore, 'read'>) {
    this.#record = record
    this.#store = store
    this.#timers = [
      setInterval(() => void this.#renewAll(), RENEW_EVERY_MS).unref(),
      setInterval(() => void this.#look().catch(() => undefined), LOOK_EVERY_MS).unref(),
    ]
  }

  /** True when the step is ours now; its fence has gone up. */
  async take(held: HeldStep, crashed: boolean): Promise<boolean> {
    const { workflow, job, step, fence } = held
    const recorded = await this.#record({
      workflow,
      job,
      happening: { kind: 'claimed', step, fence, leaseMs: LEASE_MS, crashed },
    })
    if (recorded.kind !== 'recorded') return false
    held.job = recorded.job
    held.fence = fence + 1
    this.#held.add(held)
    return true
  }

  drop(held: HeldStep): void {
    this.#held.delete(held)
  }

  async #renewAll(): Promise<void> {
    await Promise.all([...this.#held].map((held) => this.#renew(held).catch(() => undefined)))
  }

  async #renew(held: HeldStep): Promise<void> {
    const { workflow, job, step, fence } = held
    const recorded = await this.#record({
      workflow,
      job,
      happening: { kind: 'renewed', step, fence, leaseMs: LEASE_MS },
    })
    if (!this.#held.has(held)) return
    if (recorded.kind === 'recorded') held.job = recorded.job
    else this.#lose(held)
  }

  /** One read for all that is held. A database that does not answer takes nothing away. */
  async #look(): Promise<void> {
    if (this.#held.size === 0) return
    const held = [...this.#held]
    const rows = await this.#store.read(held.map(({ job }) => ({ tenantId: job.tenantId, jobId: job.id })))
    held.forEach((one, i) => {
      const step = rows[i]?.steps[one.step]
      const ours = step?.state === 'processing' && step.fence === one.fence
      if (!ours && this.#held.has(one)) this.#lose(one)
    })
  }

  #lose(held: HeldStep): void {
    this.#held.delete(held)
    held.lose()
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearInterval(timer)
  }
}
