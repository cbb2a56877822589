import type { JobState } from '@stageline/domain'
import type { LeaseQueue, RunFailure } from './lease-queue.ts'
import type { JobFilter, Page, PageRequest } from './record.ts'

export const BULK_KINDS = ['cancel', 'retry', 'resume', 'suspend'] as const
export type BulkKind = (typeof BULK_KINDS)[number]

export const BULK_STATES = ['waiting', 'running', 'stopping', 'completed', 'failed', 'stopped'] as const
/** `waiting`: for an orchestrator, or for the time of its next try; the last three are final. */
export type BulkState = (typeof BULK_STATES)[number]

/** Says of a change that it is one of many, and in which states the job may be for it. */
export type PartOfBulk = { id: string; states: readonly JobState[] }

export type NewBulkAction = {
  id: string
  kind: BulkKind
  /** With the states in which jobs are meant. */
  filter: JobFilter & { state: readonly JobState[] }
  reason: string | null
  actor: string
}

export const BULK_OUTCOMES = ['done', 'skipped', 'failed'] as const
export type BulkOutcome = (typeof BULK_OUTCOMES)[number]

/** What became of a job; without an outcome it was not reached. */
export type BulkItem = {
  jobId: string
  outcome: BulkOutcome | null
  code: string | null
  detail: string | null
  at: string | null
}

export type BulkProgress = Record<BulkOutcome, number> & {
  /** Why jobs were skipped or failed, with their number. */
  reasons: Readonly<Record<string, number>>
}

export type BulkView = NewBulkAction & {
  state: BulkState
  /** Jobs that were chosen, so far where `chosenAt` is null. */
  total: number
  progress: BulkProgress
  error: RunFailure | null
  /** Failed tries since it last got on. */
  tries: number
  nextTryAt: string | null
  createdAt: string
  chosenAt: string | null
  updatedAt: string
  finishedAt: string | null
  stoppedBy: string | null
}

/** What a filter fits. `isExact`: false where there were too many to look at all. */
export type JobCount = { count: number; isExact: boolean; byState: Partial<Record<JobState, number>> }

/** Bulk actions as they are asked for and looked at. Every call is for one tenant. */
export interface BulkActions {
  count(tenantId: string, filter: JobFilter): Promise<JobCount>
  begin(
    tenantId: string,
    action: NewBulkAction,
    idempotency: { key: string; fingerprint: string } | null,
  ): Promise<{ kind: 'begun' | 'replayed' | 'other_body'; id: string }>
  get(tenantId: string, id: string): Promise<BulkView | undefined>
  /** Newest first. */
  list(tenantId: string, page: PageRequest): Promise<Page<BulkView>>
  /** From now on no further job is changed; what was done stays. False where there is none that goes on. */
  stop(tenantId: string, id: string, actor: string): Promise<boolean>
  /** Its jobs in the order of their ids, those behind `after`. */
  items(tenantId: string, id: string, after: string | null, limit: number): Promise<BulkItem[]>
}

export type TakenBulkAction = NewBulkAction & {
  tenantId: string
  isChosen: boolean
  progress: BulkProgress
  tries: number
}

/** How far it is, and what became of the jobs that were not changed: those that were have their note already. */
export type BulkNote = { progress: BulkProgress; items: readonly BulkItem[] }

/** Bulk actions as orchestrators work on them. */
export interface BulkQueue extends LeaseQueue<TakenBulkAction, BulkNote> {
  /**
   * Chooses the next jobs that fit: of those that were there when it was asked for, each at most once. Looks at `scan`
   * rows. `done`: all are chosen, or it was stopped; `lost`: another has it.
   */
  choose(action: TakenBulkAction, owner: string, leaseMs: number, scan: number): Promise<'more' | 'done' | 'lost'>
  /** Chosen jobs behind `after` without an outcome; none where it was stopped. */
  next(action: TakenBulkAction, after: string | null, limit: number): Promise<string[]>
}
