import type { Job, Workflow } from '@stageline/domain'
import type { Change, Recorded } from './recorder.ts'

export const LEASE_MS = 10_000
const RENEW_EVERY_MS = 3_000

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
 * Claims of one process: taken by compare-and-set, renewed together every 3 s while their handlers run. What cannot be
 * renewed is lost: its signal aborts and its outcome no longer counts.
 */
export class Claims {
  readonly #record: (change: Change) => Promise<Recorded>
  readonly #held = new Set<HeldStep>()
  readonly #timer: NodeJS.Timeout

  constructor(record: (change: Change) => Promise<Recorded>) {
    this.#record = record
    this.#timer = setInterval(() => void this.#renewAll(), RENEW_EVERY_MS).unref()
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
    else {
      this.#held.delete(held)
      held.lose()
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
