import { isId } from '@stageline/domain'
import type { Decide, Edited, TaskView } from '@stageline/engine/ports'
import type { Database } from '../database.ts'
import { taskFrom, type TaskRow } from '../task-row.ts'
import { insertEntry } from './desk-entries.ts'

const LOCK = {
  name: 'lock-task',
  text: 'SELECT *, (SELECT stageline_now()) AS now FROM tasks WHERE tenant_id = $1 AND id = $2 FOR UPDATE',
}

const UPDATE = {
  name: 'edit-task',
  text: `UPDATE tasks SET state = $3, assignee = $4, lease_until = $5, assigned_group = $6, snoozed_until = $7, blocked_reason = $8,
      completed_at = $9, verdict_by = $10, verdict_reason = $11, seq = seq + 1
    WHERE tenant_id = $1 AND id = $2 RETURNING *`,
}

/** Whoever comes second waits, and decides on what the first has made of the task. */
export async function editTask(
  db: Database,
  tenantId: string,
  taskId: string,
  decide: Decide<TaskView>,
): Promise<Edited<TaskView>> {
  if (!isId(taskId)) return { kind: 'unknown' }
  return db.transaction(tenantId, async (query) => {
    const [row] = await query<TaskRow & { now: string }>(LOCK, [tenantId, taskId])
    if (!row) return { kind: 'unknown' }
    const view = taskFrom(row)
    const decided = decide(view, new Date(row.now))
    if ('refused' in decided) return { kind: 'refused', refusal: decided.refused, view }
    if ('same' in decided) return { kind: 'changed', view }
    const { to, entry } = decided
    const held = [to.assignee, to.leaseUntil, to.group, to.snoozedUntil, to.blockedReason]
    const ended = [to.completedAt, to.verdictBy, to.verdictReason]
    const [changed] = await query<TaskRow>(UPDATE, [tenantId, taskId, to.state, ...held, ...ended])
    const about = { tenantId, subject: 'task', subjectId: taskId, seq: changed!.seq } as const
    await insertEntry(query, { ...about, from: view.state, to: to.state, ...entry })
    return { kind: 'changed', view: taskFrom(changed!) }
  })
}
