import type { Correction, TaskState } from '@stageline/domain'
import type { TaskView } from '@stageline/engine/ports'
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
  description: row.description,
  serviceArea: row.service_area,
  state: row.state as TaskState,
  priority: row.priority,
  evidence: row.evidence as Record<string, unknown>,
  dueAt: row.due_at,
  assignee: row.assignee,
  leaseUntil: row.lease_until,
  group: row.assigned_group,
  snoozedUntil: row.snoozed_until,
  blockedReason: row.blocked_reason,
  planId: row.plan_id,
  createdBy: row.created_by,
  createdAt: row.created_at,
  completedAt: row.completed_at,
  verdict: row.verdict,
  verdictBy: row.verdict_by,
  verdictReason: row.verdict_reason,
  corrections: row.corrections as Correction[],
})
