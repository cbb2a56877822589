import type { Job, JobState, RetryPlan } from '@stageline/domain'
import { decodeSteps, type PackedStep } from './steps-codec.ts'

/** What makes a {@link Job}, of a table that is called `j`. */
export const JOB_COLUMNS = `j.tenant_id, j.id, j.workflow, j.version, j.state, j.stage, j.revision, j.seq, j.steps, j."values",
  j.deadline, j.due_at, j.priority, j.batch_id, j.trace, j.retry, j.warnings, j.result`

export type JobColumns = {
  tenant_id: string
  id: string
  workflow: string
  version: number
  state: JobState
  stage: string | null
  revision: number
  seq: number
  steps: Record<string, PackedStep>
  values: Record<string, unknown>
  deadline: string | null
  due_at: string | null
  priority: number
  batch_id: string | null
  trace: string | null
  retry: RetryPlan | null
  warnings: string[]
  result: number | null
}

export function jobFrom(row: JobColumns): Job {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    workflow: row.workflow,
    version: row.version,
    state: row.state,
    stage: row.stage,
    revision: row.revision,
    seq: row.seq,
    steps: decodeSteps(row.steps),
    values: row.values,
    deadline: row.deadline,
    dueAt: row.due_at,
    priority: row.priority,
    batchId: row.batch_id,
    trace: row.trace,
    retry: row.retry,
    warnings: row.warnings,
    result: row.result,
  }
}
