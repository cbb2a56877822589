import type { Correction, PlanState, TaskState } from '@stageline/domain'
import type { Page, PageRequest, TaskView } from './record.ts'

/**
 * Tasks and plans as people handle them. Every call is for one tenant and sees no other's rows. What a task or plan
 * becomes is decided by a pure function (`changeTask`, `changePlan`) while nobody else can change it, and stored in the
 * same commit with an entry in its history.
 */
export interface TaskDesk {
  /** A request that is repeated with its key finds the task that it opened first. What is there under its id already stays as it is. */
  openTask(tenantId: string, task: NewTask, idempotency?: { key: string; fingerprint: string } | null): Promise<Opened>
  editTask(tenantId: string, taskId: string, decide: Decide<TaskView>): Promise<Edited<TaskView>>
  openPlan(tenantId: string, plan: NewPlan): Promise<void>
  plan(tenantId: string, planId: string): Promise<PlanView | undefined>
  /** Newest first. */
  plans(tenantId: string, filter: PlanFilter, page: PageRequest): Promise<Page<PlanView>>
  /** `cancelsTasks` of the decision also cancels the plan's open tasks, each with an entry of its own. */
  editPlan(tenantId: string, planId: string, decide: Decide<PlanView>): Promise<Edited<PlanView>>
  /** What happened to a task or plan, in order; empty where there is none. */
  entries(tenantId: string, subjectId: string): Promise<DeskEntry[]>
  /** Verdicts with corrections in the order of their commits, only what no running transaction can still precede. */
  corrections(
    tenantId: string,
    after: string | null,
    limit: number,
  ): Promise<{ items: CorrectedTask[]; cursor: string | null }>
}

export type NewTask = Pick<
  TaskView,
  | 'id'
  | 'type'
  | 'title'
  | 'description'
  | 'serviceArea'
  | 'priority'
  | 'evidence'
  | 'dueAt'
  | 'assignee'
  | 'group'
  | 'jobId'
  | 'planId'
  | 'createdBy'
> & { belongsTo?: Belonging | undefined }
export type Opened =
  | { kind: 'opened' | 'replayed' | 'other_body'; task: TaskView }
  | { kind: 'unknown_job' | 'unknown_plan' | 'archived_plan' }

export type NewPlan = Pick<PlanView, 'id' | 'title' | 'description' | 'serviceArea' | 'createdBy'> & {
  belongsTo?: Belonging | undefined
}

/** Of the request that opened it: its trace, and what its sender calls the whole of it. Kept with the first entry. */
export type Belonging = { traceparent?: string; correlationId?: string }

export type PlanView = {
  id: string
  title: string
  description: string | null
  serviceArea: string | null
  state: PlanState
  createdBy: string
  createdAt: string
  activatedAt: string | null
  archivedAt: string | null
  tasks: Partial<Record<TaskState, number>>
}
export type PlanFilter = { state?: readonly PlanState[]; serviceArea?: string }

/** What becomes of it, with what is told of that; `same`: nothing; or why not. */
export type Decide<View> = (view: View, now: Date) => Decided<View>
export type Decided<View> =
  | { to: View; entry: NewEntry; cancelsTasks?: boolean }
  | { same: true }
  | { refused: DeskRefusal }
export type Edited<View> =
  | { kind: 'changed'; view: View }
  | { kind: 'refused'; refusal: DeskRefusal; view: View }
  | { kind: 'unknown' }

export type DeskRefusal =
  | { code: 'held' | 'closed' | 'needs_verdict' | 'needs_reason' | 'time_is_past' | 'open_tasks' }
  | { code: 'invalid_transition'; what: 'task' | 'plan'; from: string; to: string; allowed: readonly string[] }

export type NewEntry = {
  event: DeskEvent
  actor: string
  reason: string | null
  data?: Record<string, unknown> | undefined
}

export const DESK_EVENTS = [
  'opened',
  'claimed',
  'taken_over',
  'released',
  'lease_expired',
  'begun',
  'moved',
  'settled',
  'assigned',
  'snoozed',
  'commented',
  'sla_breached',
] as const
export type DeskEvent = (typeof DESK_EVENTS)[number]

/** One entry of the history of a task or plan. `from` and `to` are equal where its state stayed, `from` null at first. */
export type DeskEntry = {
  seq: number
  at: string
  event: DeskEvent
  from: string | null
  to: string
  actor: string
  reason: string | null
  data: Record<string, unknown> | null
}

/** A verdict that changed something, with the task that it settled. */
export type CorrectedTask = {
  /** Where to go on from. */
  cursor: string
  taskId: string
  jobId: string | null
  workflow: string | null
  step: string | null
  type: string
  at: string
  actor: string
  reason: string | null
  verdict: string | null
  corrections: readonly Correction[]
}
