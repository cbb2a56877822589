import type { Failure } from '@stageline/domain'

/** One delivery of a step, as the engine tells of it. */
export type StepInfo = {
  tenantId: string
  jobId: string
  workflow: string
  step: string
  stage: string
  attempt: number
  batchId: string | null
  /** W3C `traceparent` of the request that submitted the job. */
  trace: string | null
  /** ISO 8601, of the record's clock. */
  queuedAt: string | null
}

export type StepEnd =
  | { outcome: 'completed' | 'returned' | 'stale' | 'lost' }
  | { outcome: 'failed' | 'waiting'; failure: Failure }
