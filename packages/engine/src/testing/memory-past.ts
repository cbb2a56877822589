import type { Job } from '@stageline/domain'
import { FAILURE_DAYS, OUTCOME_WEEKS } from '@stageline/domain'
import type { IntakePast, NewJob, PastAsked } from '../ports/index.ts'
import type { MemoryTasks } from './memory-tasks.ts'

type Row = { job: Job; about: NewJob }

const DAY_MS = 86_400_000

/** What became of earlier jobs, counted from the rows themselves. Its tenants' days are those of UTC. */
export class MemoryPast {
  readonly #tasks: MemoryTasks
  readonly #failures = new Map<string, Date>()

  constructor(tasks: MemoryTasks) {
    this.#tasks = tasks
  }

  noteFailure(jobId: string, at: Date): void {
    if (!this.#failures.has(jobId)) this.#failures.set(jobId, at)
  }

  of(rows: readonly Row[], asked: readonly PastAsked[], now: Date): IntakePast {
    const day = now.toISOString().slice(0, 10)
    const today = rows.filter(({ about }) => about.countedOn === day)
    const acceptedToday = Object.groupBy(today, ({ job }) => job.workflow)
    return {
      jobs: asked.map((one) => ({
        outcomes: this.#outcomesOf(rows, one, now),
        recentFailures: rows.filter((row) => this.#failedLately(row, one, now)).length,
      })),
      day,
      resetsAt: new Date(Date.parse(day) + DAY_MS).toISOString(),
      acceptedToday: Object.fromEntries(Object.entries(acceptedToday).map(([key, jobs = []]) => [key, jobs.length])),
    }
  }

  #failedLately({ job, about }: Row, { workflow, businessKey }: PastAsked, now: Date): boolean {
    const at = this.#failures.get(job.id)
    if (at === undefined || businessKey === null || about.businessKey !== businessKey) return false
    return job.workflow === workflow && now.getTime() - at.getTime() < FAILURE_DAYS * DAY_MS
  }

  #outcomesOf(
    rows: readonly Row[],
    { workflow, source }: PastAsked,
    now: Date,
  ): IntakePast['jobs'][number]['outcomes'] {
    const since = now.getTime() - OUTCOME_WEEKS * 7 * DAY_MS
    const given = rows.filter(
      ({ job, about }) =>
        source !== null &&
        job.workflow === workflow &&
        Date.parse(about.history[0]!.at) > since &&
        about.decisions.some(
          ({ step, decision }) =>
            step === null && decision.route === 'automation' && decision.factors.source === source,
        ),
    )
    const failed = given.filter((row) => ['completed', 'cancelled'].includes(row.job.state) && this.#hasFailed(row))
    const succeeded = given.filter((row) => row.job.state === 'completed' && !this.#hasFailed(row))
    return { succeeded: succeeded.length, failed: failed.length }
  }

  #hasFailed({ job }: Row): boolean {
    return this.#failures.has(job.id) || this.#tasks.ofJob(job.id).some(({ corrections }) => corrections.length > 0)
  }
}
