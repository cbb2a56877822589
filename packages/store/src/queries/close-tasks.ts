import type { TaskClosing } from '@stageline/domain'
import type { Query } from '../database.ts'
import { parameters } from './write-columns.ts'

export type TaskToClose = { tenantId: string; jobId: string; actor: string | null; closing: TaskClosing }

const OPEN = `unnest(${parameters(1, 'uuid uuid text'.split(' '))}) AS c(tenant_id, job_id, step)
  WHERE t.tenant_id = c.tenant_id AND t.job_id = c.job_id AND t.step = c.step`

/** A verdict needs nobody to have claimed the task; the edges of a task lead to `completed` through its being worked. */
const BEGIN = {
  name: 'begin-tasks',
  text: `UPDATE tasks t SET state = 'in_progress' FROM ${OPEN} AND t.state IN ('new', 'blocked')`,
}

const CLOSE = {
  name: 'close-tasks',
  text: `UPDATE tasks t SET state = c.state, verdict = c.verdict, verdict_by = coalesce(t.verdict_by, c.actor),
      completed_at = (SELECT stageline_now()), lease_until = NULL
    FROM unnest(${parameters(1, 'uuid uuid text text text text'.split(' '))}) AS c(tenant_id, job_id, step, state, verdict, actor)
    WHERE t.tenant_id = c.tenant_id AND t.job_id = c.job_id AND t.step = c.step AND t.state IN ('new', 'in_progress', 'blocked')`,
}

/** Closes the open tasks of these steps; their job rows are locked by the caller, so nobody else opens or closes one. */
export async function closeTasks(query: Query, tasks: readonly TaskToClose[]): Promise<void> {
  if (tasks.length === 0) return
  const completed = tasks.filter(({ closing }) => closing.state === 'completed')
  if (completed.length > 0) await query(BEGIN, keys(completed))
  await query(CLOSE, [
    ...keys(tasks),
    tasks.map(({ closing }) => closing.state),
    tasks.map(({ closing }) => closing.verdict),
    tasks.map(({ actor }) => actor),
  ])
}

const keys = (tasks: readonly TaskToClose[]): unknown[] => [
  tasks.map(({ tenantId }) => tenantId),
  tasks.map(({ jobId }) => jobId),
  tasks.map(({ closing }) => closing.step),
]
