import type { TaskClosing } from '@stageline/domain'
import type { Query } from '../database.ts'
import { json, parameters } from './write-columns.ts'

export type TaskToClose = { tenantId: string; jobId: string; actor: string | null; closing: TaskClosing }

/** In the order of ids, as everybody who locks several tasks. */
const open = (columns: string, types: string): string => `open AS (
    SELECT t.tenant_id, t.id, t.state AS was, ${columns}
    FROM unnest(${parameters(1, types.split(' '))}) AS c(tenant_id, job_id, step, ${columns.replaceAll('c.', '')})
    JOIN tasks t ON t.tenant_id = c.tenant_id AND t.job_id = c.job_id AND t.step = c.step
    WHERE t.state IN ('new', 'in_progress', 'blocked') ORDER BY t.id FOR UPDATE OF t
  )`

/** A verdict needs nobody to have claimed the task; the edges of a task lead to `completed` through its being worked. */
const BEGIN = {
  name: 'begin-tasks',
  text: `WITH ${open('c.actor', 'uuid uuid text text')}, begun AS (
      UPDATE tasks t SET state = 'in_progress', blocked_reason = NULL, seq = t.seq + 1 FROM open o
      WHERE t.tenant_id = o.tenant_id AND t.id = o.id AND o.was <> 'in_progress'
      RETURNING t.tenant_id, t.id, t.seq, o.was, o.actor
    )
    INSERT INTO desk_history (tenant_id, subject, subject_id, seq, event, from_state, to_state, actor)
    SELECT tenant_id, 'task', id, seq, 'begun', was, 'in_progress', coalesce(actor, 'stageline') FROM begun`,
}

const CLOSE = {
  name: 'close-tasks',
  text: `WITH ${open('c.actor, c.state, c.verdict, c.reason, c.corrections', 'uuid uuid text text text text text jsonb')}, closed AS (
      UPDATE tasks t SET state = o.state, verdict = o.verdict, verdict_by = o.actor, verdict_reason = o.reason,
        corrections = o.corrections, completed_at = (SELECT stageline_now()), lease_until = NULL, snoozed_until = NULL,
        blocked_reason = NULL, seq = t.seq + 1
      FROM open o WHERE t.tenant_id = o.tenant_id AND t.id = o.id
      RETURNING t.tenant_id, t.id, t.seq, t.state, t.verdict, t.corrections, o.was, o.actor, o.reason
    )
    INSERT INTO desk_history (tenant_id, subject, subject_id, seq, event, from_state, to_state, actor, reason, data)
    SELECT tenant_id, 'task', id, seq, 'settled', was, state, coalesce(actor, 'stageline'), reason,
      CASE WHEN verdict IS NOT NULL THEN jsonb_build_object('verdict', verdict)
        || CASE WHEN corrections = '[]' THEN '{}' ELSE jsonb_build_object('corrections', corrections) END END
    FROM closed`,
}

/** Closes the open tasks of these steps; their job rows are locked by the caller, so nobody else opens or closes one. */
export async function closeTasks(query: Query, tasks: readonly TaskToClose[]): Promise<void> {
  if (tasks.length === 0) return
  const completed = tasks.filter(({ closing }) => closing.state === 'completed')
  if (completed.length > 0) await query(BEGIN, whose(completed))
  await query(CLOSE, [
    ...whose(tasks),
    tasks.map(({ closing }) => closing.state),
    tasks.map(({ closing }) => closing.verdict),
    tasks.map(({ closing }) => closing.reason ?? null),
    tasks.map(({ closing }) => json(closing.corrections ?? [])),
  ])
}

const whose = (tasks: readonly TaskToClose[]): unknown[] => [
  tasks.map(({ tenantId }) => tenantId),
  tasks.map(({ jobId }) => jobId),
  tasks.map(({ closing }) => closing.step),
  tasks.map(({ actor }) => actor),
]
