import type { Job, Workflow } from '@stageline/domain'
import type { LoadedJob, StepRef } from './ports/index.ts'
import { readAnew, withOutput, type Reads } from './reads.ts'

type Options = {
  /** Stages that this process works. */
  stages: ReadonlySet<string>
  /** A clock that only goes forward, ms. */
  elapsed?: () => number
}

/** The job as it was recorded, and what its steps read. */
type Remembered = { job: Job; reads: Reads; at: number }

const sizeOf = ({ input, outputs }: Reads): number => input.length + outputs.length

const MAX_CHARACTERS = 32_000_000
const MAX_AGE_MS = 30_000

/**
 * Jobs as this process has just recorded them, for those of their steps that it works next itself: what it knows need not
 * be read again. Whether a row has changed meanwhile shows where it always does, in the compare-and-set of the record or of
 * the claim: an outcome that was made of an older row counts for nothing unless the step still fits.
 */
export class RecentJobs {
  readonly #options: Options
  readonly #elapsed: () => number
  /** In the order in which they were remembered. */
  readonly #jobs = new Map<string, Remembered>()
  #characters = 0

  constructor(options: Options) {
    this.#options = options
    this.#elapsed = options.elapsed ?? (() => performance.now())
  }

  /**
   * After a step has ended: the job as it stands now, and what that step read.
   *
   * @param output of the step
   */
  remember(workflow: Workflow, job: Job, reads: Reads, ended: { step: string; output: unknown }): void {
    this.#forget(job.id)
    if (!this.#isWorkedHere(workflow, job)) return
    const hasOutput = job.steps[ended.step]?.output !== undefined
    const known = hasOutput ? withOutput(reads, ended.step, ended.output) : reads
    this.#jobs.set(job.id, { job, reads: known, at: this.#elapsed() })
    this.#characters += sizeOf(known)
    this.#makeRoom()
  }

  /** What a load of this step would give; undefined where that is not known here. */
  recall({ tenantId, jobId, step, fence }: StepRef): LoadedJob | undefined {
    const known = this.#jobs.get(jobId)
    const at = known?.job.steps[step]
    if (!known || known.job.tenantId !== tenantId || at?.state !== 'queued' || at.fence !== fence) return undefined
    if (at.input !== undefined || known.at < this.#elapsed() - MAX_AGE_MS) return undefined
    return { job: known.job, ...readAnew(known.reads) }
  }

  #isWorkedHere(workflow: Workflow, job: Job): boolean {
    const { stages } = this.#options
    for (const key in job.steps)
      if (job.steps[key]!.state === 'queued' && stages.has(workflow.steps.get(key)!.definition.stage)) return true
    return false
  }

  #makeRoom(): void {
    const oldest = this.#elapsed() - MAX_AGE_MS
    for (const [id, { at }] of this.#jobs) {
      if (this.#characters <= MAX_CHARACTERS && at >= oldest) return
      this.#forget(id)
    }
  }

  #forget(id: string): void {
    const known = this.#jobs.get(id)
    if (!known) return
    this.#characters -= sizeOf(known.reads)
    this.#jobs.delete(id)
  }
}
