import type { TaskClosing, TaskDraft } from '@stageline/domain'
import { isOpenTask } from '@stageline/domain'
import type { TaskView, VerdictNote } from '../ports/index.ts'

/** Tasks in memory: opened and closed by writes of jobs, read by those who resolve them. */
export class MemoryTasks {
  readonly #tasks = new Map<string, TaskView>()

  open(draft: TaskDraft, job: { id: string; workflow: string }, now: Date): void {
    this.#tasks.set(draft.id, {
      ...draft,
      jobId: job.id,
      workflow: job.workflow,
      state: 'new',
      assignee: null,
      leaseUntil: null,
      createdAt: now.toISOString(),
      completedAt: null,
      verdict: null,
      verdictBy: null,
      verdictReason: null,
      corrections: [],
    })
  }

  close({ step, state, verdict }: TaskClosing, jobId: string, now: Date): void {
    for (const task of this.ofJob(jobId)) {
      if (task.step !== step || !isOpenTask(task.state)) continue
      this.#tasks.set(task.id, { ...task, state, verdict, completedAt: now.toISOString() })
    }
  }

  claim(id: string, assignee: string, leaseUntil: Date): void {
    this.#tasks.set(id, { ...this.#get(id), state: 'in_progress', assignee, leaseUntil: leaseUntil.toISOString() })
  }

  note(id: string, { verdict, actor, reason, corrections }: VerdictNote): void {
    const noted = { verdict, verdictBy: actor, verdictReason: reason, corrections: [...corrections] }
    this.#tasks.set(id, { ...this.#get(id), ...noted })
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
