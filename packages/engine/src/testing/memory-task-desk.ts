import { isOpenTask } from '@stageline/domain'
import type {
  CorrectedTask,
  Decide,
  DeskEntry,
  Edited,
  NewEntry,
  NewPlan,
  NewTask,
  Opened,
  Page,
  PageRequest,
  PlanFilter,
  PlanView,
  TaskDesk,
  TaskView,
} from '../ports/index.ts'
import { UNTOUCHED } from './memory-tasks.ts'

type About = {
  /** May be shared with whoever reads tasks in another way. */
  tasks?: Map<string, TaskView>
  now: () => Date
  hasJob?: (id: string) => boolean
}

/** Tasks and plans of one tenant in memory. */
export class MemoryTaskDesk implements TaskDesk {
  readonly tasks: Map<string, TaskView>
  readonly #plans = new Map<string, Omit<PlanView, 'tasks'>>()
  readonly #entries = new Map<string, DeskEntry[]>()
  readonly #corrected: CorrectedTask[] = []
  readonly #keys = new Map<string, { taskId: string; fingerprint: string }>()
  readonly #now: () => Date
  readonly #hasJob: (id: string) => boolean

  constructor({ tasks = new Map<string, TaskView>(), now, hasJob = () => true }: About) {
    this.tasks = tasks
    this.#now = now
    this.#hasJob = hasJob
  }

  async openTask(
    _tenantId: string,
    { belongsTo, ...task }: NewTask,
    idempotency: { key: string; fingerprint: string } | null = null,
  ): Promise<Opened> {
    const owner = idempotency && this.#keys.get(idempotency.key)
    if (owner) {
      const kind = owner.fingerprint === idempotency.fingerprint ? ('replayed' as const) : ('other_body' as const)
      return { kind, task: this.tasks.get(owner.taskId)! }
    }
    if (task.jobId !== null && !this.#hasJob(task.jobId)) return { kind: 'unknown_job' }
    const plan = task.planId === null ? undefined : this.#plans.get(task.planId)
    if (task.planId !== null && !plan) return { kind: 'unknown_plan' }
    if (plan?.state === 'archived') return { kind: 'archived_plan' }
    const known = this.tasks.get(task.id)
    if (known) return { kind: 'opened', task: known }
    const createdAt = this.#now().toISOString()
    const view = { ...UNTOUCHED, workflow: null, step: null, cause: 'opened', createdAt, ...structuredClone(task) }
    if (idempotency) this.#keys.set(idempotency.key, { taskId: view.id, fingerprint: idempotency.fingerprint })
    this.tasks.set(view.id, view)
    this.#tell(view.id, { event: 'opened', actor: view.createdBy, reason: null, data: belongsTo }, [null, 'new'])
    return { kind: 'opened', task: view }
  }

  async editTask(_tenantId: string, taskId: string, decide: Decide<TaskView>): Promise<Edited<TaskView>> {
    const task = this.tasks.get(taskId)
    if (!task) return { kind: 'unknown' }
    const decided = decide(structuredClone(task), this.#now())
    if ('refused' in decided) return { kind: 'refused', refusal: decided.refused, view: task }
    if ('same' in decided) return { kind: 'changed', view: task }
    this.tasks.set(taskId, decided.to)
    this.#tell(taskId, decided.entry, [task.state, decided.to.state])
    return { kind: 'changed', view: decided.to }
  }

  async openPlan(_tenantId: string, { belongsTo, ...plan }: NewPlan): Promise<void> {
    const createdAt = this.#now().toISOString()
    this.#plans.set(plan.id, { ...plan, state: 'draft', createdAt, activatedAt: null, archivedAt: null })
    this.#tell(plan.id, { event: 'opened', actor: plan.createdBy, reason: null, data: belongsTo }, [null, 'draft'])
  }

  async plan(_tenantId: string, planId: string): Promise<PlanView | undefined> {
    const plan = this.#plans.get(planId)
    return plan && { ...plan, tasks: this.#countsOf(planId) }
  }

  async plans(tenantId: string, filter: PlanFilter, { limit }: PageRequest): Promise<Page<PlanView>> {
    const views = await Promise.all([...this.#plans.keys()].toReversed().map((id) => this.plan(tenantId, id)))
    const items = views.filter((plan) => plan !== undefined).filter((plan) => fits(plan, filter))
    return { items: items.slice(0, limit), next: null }
  }

  async editPlan(tenantId: string, planId: string, decide: Decide<PlanView>): Promise<Edited<PlanView>> {
    const plan = await this.plan(tenantId, planId)
    if (!plan) return { kind: 'unknown' }
    const decided = decide(plan, this.#now())
    if ('refused' in decided) return { kind: 'refused', refusal: decided.refused, view: plan }
    if ('same' in decided) return { kind: 'changed', view: plan }
    const { tasks: _tasks, ...row } = decided.to
    this.#plans.set(planId, row)
    this.#tell(planId, decided.entry, [plan.state, row.state])
    if (decided.cancelsTasks) this.#cancelTasks(planId, decided.entry)
    return { kind: 'changed', view: { ...row, tasks: this.#countsOf(planId) } }
  }

  async entries(_tenantId: string, subjectId: string): Promise<DeskEntry[]> {
    return structuredClone(this.#entries.get(subjectId) ?? [])
  }

  /** A verdict that an engine of a test was given. */
  correct(corrected: Omit<CorrectedTask, 'cursor'>): void {
    this.#corrected.push({ ...corrected, cursor: String(this.#corrected.length + 1) })
  }

  async corrections(_tenantId: string, after: string | null, limit: number) {
    const items = this.#corrected.slice(Number(after ?? 0)).slice(0, limit)
    return { items, cursor: items.at(-1)?.cursor ?? after }
  }

  #cancelTasks(planId: string, { actor, reason }: NewEntry): void {
    const at = this.#now().toISOString()
    for (const task of this.#tasksOf(planId).filter(({ state }) => isOpenTask(state))) {
      const ended = { state: 'cancelled', completedAt: at, verdictBy: actor, verdictReason: reason } as const
      this.tasks.set(task.id, { ...task, ...ended, leaseUntil: null, snoozedUntil: null, blockedReason: null })
      this.#tell(task.id, { event: 'settled', actor, reason }, [task.state, 'cancelled'])
    }
  }

  #tasksOf(planId: string): TaskView[] {
    return [...this.tasks.values()].filter((task) => task.planId === planId)
  }

  #countsOf(planId: string): PlanView['tasks'] {
    const counts: PlanView['tasks'] = {}
    for (const { state } of this.#tasksOf(planId)) counts[state] = (counts[state] ?? 0) + 1
    return counts
  }

  #tell(id: string, { event, actor, reason, data }: NewEntry, [from, to]: [string | null, string]): void {
    const earlier = this.#entries.get(id) ?? []
    const entry = { seq: earlier.length + 1, at: this.#now().toISOString(), event, from, to, actor, reason }
    this.#entries.set(id, [...earlier, { ...entry, data: data ?? null }])
  }
}

const fits = ({ state, serviceArea }: PlanView, filter: PlanFilter): boolean =>
  (filter.state?.includes(state) ?? true) && (filter.serviceArea === undefined || filter.serviceArea === serviceArea)
