import type { TaskClosing, TaskDraft } from '@stageline/domain'
import { isOpenTask } from '@stageline/domain'
import type { TaskView } from '../ports/index.ts'

/** A task that nobody has touched. */
export const UNTOUCHED = {
  state: 'new',
  description: null,
  serviceArea: null,
  dueAt: null,
  assignee: null,
  leaseUntil: null,
  group: null,
  snoozedUntil: null,
  blockedReason: null,
  planId: null,
  completedAt: null,
  verdict: null,
  verdictBy: null,
  verdictReason: null,
  corrections: [],
} satisfies Partial<TaskView>

type Closing = { jobId: string; actor: string | null; now: Date }

/** Tasks in memory: opened and closed by writes of jobs, read by those who resolve them. */
export class MemoryTasks {
  readonly #tasks = new Map<string, TaskView>()

  open(draft: TaskDraft, job: { id: string; workflow: string }, now: Date): void {
    this.#tasks.set(draft.id, {
      ...draft,
      ...UNTOUCHED,
      jobId: job.id,
      workflow: job.workflow,
      createdBy: 'stageline',
      createdAt: now.toISOString(),
    })
  }

  close({ step, state, verdict, reason = null, corrections = [] }: TaskClosing, about: Closing): void {
    const { jobId, actor, now } = about
    for (const task of this.ofJob(jobId)) {
      if (task.step !== step || !isOpenTask(task.state)) continue
      this.#tasks.set(task.id, {
        ...task,
        state,
        verdict,
        verdictBy: actor,
        verdictReason: reason,
        corrections: [...corrections],
        leaseUntil: null,
        completedAt: now.toISOString(),
      })
    }
  }

  claim(id: string, assignee: string, leaseUntil: Date): void {
    this.#tasks.set(id, { ...this.#get(id), state: 'in_progress', assignee, leaseUntil: leaseUntil.toISOString() })
  }

  find(id: string): TaskView | undefined {
    return this.#tasks.get(id)
  }

  ofJob(jobId: string): TaskView[] {
    return [...this.#tasks.values()].filter((task) => task.jobId === jobId)
  }

  #get(id: string): TaskView {
    const task = this.#tasks.get(id)
    if (!task) throw new RangeError(`There is no task ${id}`)
    return task
  }
}
