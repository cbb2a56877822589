import type { Failure } from './errors.ts'

/** One delivery of a step, as it is told to whoever watches. */
export type StepInfo = {
  tenantId: string
  jobId: string
  workflow: string
  step: string
  stage: string
  attempt: number
  batchId: string | null
  /** W3C `traceparent` of the request that submitted the job: every step of a job is a child of it. */
  trace: string | null
  /** From when it was queued to when it was taken up, both by the record's clock, ms; null where the first is not known. */
  waitedMs: number | null
}

/** How one delivery of a step ended. `stale` and `lost` changed nothing: somebody else's outcome counts. */
export type StepEnd =
  | { outcome: 'completed' | 'returned' | 'stale' | 'lost' }
  | { outcome: 'failed' | 'waiting'; failure: Failure }

export type CountName =
  | 'messages_sent'
  | 'messages_resent'
  | 'messages_unsent'
  | 'duplicate_executions'
  | 'jobs_accepted'
  | 'records_written'
  | 'malformed_messages'
  | 'trigger_evaluations'
  | 'events_processed'
  | 'transitions'
  | 'sla_breached'

/**
 * `trigger`: its key; `event`: of an entry, as `task.settled`; `entity`: what was to move, and `outcome` of that whether it
 * did.
 */
export type CountLabels = {
  stage?: string
  outcome?: string
  trigger?: string
  event?: string
  entity?: 'job' | 'task' | 'plan'
}

/** What happened to a stage as a whole. `limited`: nobody begins a step for `ms`. */
export type StageEvent =
  | { event: 'breaker_opened' | 'probe_failed'; stage: string; failure: Failure }
  | { event: 'breaker_closed'; stage: string }
  | { event: 'limited'; stage: string; failure: Failure; ms: number }

/** Sees what happens and turns it into log lines, spans and metrics; decides nothing. */
export interface Observer {
  /** Runs the work of a step within its span. */
  step(info: StepInfo, run: () => Promise<StepEnd>): Promise<StepEnd>
  stage(event: StageEvent): void
  /** Something that a person should know about, once per distinct `code` and second at most. */
  trouble(code: string, error: unknown, fields?: Record<string, unknown>): void
  count(name: CountName, by: number, labels?: CountLabels): void
}
