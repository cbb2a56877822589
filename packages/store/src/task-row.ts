import type { TaskState } from '@stageline/domain'
import type { Correction, TaskView } from '@stageline/engine/ports'
import type { ListTables } from './list-builder.ts'

export type TaskRow = ListTables['tasks']

/** The JSON in it is what this package stored. */
export const taskFrom = (row: TaskRow): TaskView => ({
  id: row.id,
  jobId: row.job_id,
  workflow: row.workflow,
  step: row.step,
  type: row.type,
  cause: row.cause,
  title: row.title,
  state: row.state as TaskState,
  priority: row.priority,
  evidence: row.evidence as Record<string, unknown>,
  assignee: row.assignee,
  leaseUntil: row.lease_until,
  createdAt: row.created_at,
  completedAt: row.completed_at,
  verdict: row.verdict,
  verdictBy: row.verdict_by,
  verdictReason: row.verdict_reason,
  corrections: row.corrections as Correction[],
})
