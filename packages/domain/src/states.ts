/**
 * The states of steps, jobs, tasks and plans and the edges between them, written once. The database mirrors the edges
 * as check constraints on the history (`packages/store` proves both equal); `docs/lifecycle.md` draws them.
 */

export const STEP_STATES = [
  'pending',
  'queued',
  'processing',
  'waiting',
  'retrying',
  'failed',
  'suspended',
  'completed',
  'skipped',
  'cancelled',
] as const
export type StepState = (typeof STEP_STATES)[number]

export const STEP_EDGES: Record<StepState, readonly StepState[]> = {
  pending: ['queued', 'skipped', 'suspended', 'cancelled'],
  queued: ['processing', 'skipped', 'waiting', 'suspended', 'cancelled'],
  processing: ['completed', 'failed', 'retrying', 'waiting', 'suspended', 'skipped', 'cancelled', 'queued'],
  waiting: ['queued', 'processing', 'completed', 'failed', 'suspended', 'cancelled'],
  failed: ['retrying', 'suspended', 'skipped', 'cancelled'],
  retrying: ['queued', 'suspended', 'cancelled'],
  suspended: ['queued', 'completed', 'skipped', 'cancelled'],
  completed: [],
  skipped: [],
  cancelled: [],
}

export const JOB_STATES = [
  'created',
  'queued',
  'processing',
  'waiting',
  'retrying',
  'failed',
  'suspended',
  'completed',
  'cancelled',
] as const
export type JobState = (typeof JOB_STATES)[number]

const OPEN: readonly JobState[] = ['queued', 'processing', 'waiting', 'retrying', 'failed', 'suspended']

/**
 * A job's state is a projection of its steps, so one commit may carry it across what was passed through within it
 * (queued, processing, completed in one row). Final states are never left; `created` is never re-entered.
 */
export const JOB_EDGES: Record<JobState, readonly JobState[]> = {
  created: [...OPEN, 'completed', 'cancelled'],
  queued: ['processing', 'waiting', 'retrying', 'failed', 'suspended', 'completed', 'cancelled'],
  processing: ['queued', 'waiting', 'retrying', 'failed', 'suspended', 'completed', 'cancelled'],
  waiting: ['queued', 'processing', 'retrying', 'failed', 'suspended', 'completed', 'cancelled'],
  retrying: ['queued', 'processing', 'waiting', 'failed', 'suspended', 'completed', 'cancelled'],
  failed: ['queued', 'processing', 'waiting', 'retrying', 'suspended', 'cancelled'],
  suspended: ['queued', 'processing', 'waiting', 'retrying', 'failed', 'completed', 'cancelled'],
  completed: [],
  cancelled: [],
}

export const TASK_STATES = ['new', 'in_progress', 'blocked', 'completed', 'cancelled'] as const
export type TaskState = (typeof TASK_STATES)[number]

export const TASK_EDGES: Record<TaskState, readonly TaskState[]> = {
  new: ['in_progress', 'blocked', 'cancelled'],
  in_progress: ['new', 'blocked', 'completed', 'cancelled'],
  blocked: ['in_progress', 'cancelled'],
  completed: [],
  cancelled: [],
}

export const PLAN_STATES = ['draft', 'active', 'archived'] as const
export type PlanState = (typeof PLAN_STATES)[number]

export const PLAN_EDGES: Record<PlanState, readonly PlanState[]> = {
  draft: ['active', 'archived'],
  active: ['archived'],
  archived: [],
}

export const isFinalStep = (state: StepState): boolean => STEP_EDGES[state].length === 0
export const isFinalJob = (state: JobState): boolean => JOB_EDGES[state].length === 0
export const isOpenTask = (state: TaskState): boolean => TASK_EDGES[state].length > 0

export const canStepGo = (from: StepState, to: StepState): boolean => STEP_EDGES[from].includes(to)
export const canJobGo = (from: JobState, to: JobState): boolean => from === to || JOB_EDGES[from].includes(to)
export const canTaskGo = (from: TaskState, to: TaskState): boolean => TASK_EDGES[from].includes(to)
export const canPlanGo = (from: PlanState, to: PlanState): boolean => PLAN_EDGES[from].includes(to)
