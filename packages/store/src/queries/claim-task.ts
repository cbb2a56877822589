import { isId, isOpenTask } from '@stageline/domain'
import type { TaskChange } from '@stageline/engine/ports'
import type { Database, Query } from '../database.ts'
import { taskFrom, type TaskRow } from '../task-row.ts'
import { selectTask } from './select-task.ts'

/** Free, ours already, or of somebody whose lease has run out. */
const CLAIM = {
  name: 'claim-task',
  text: `UPDATE tasks SET state = 'in_progress', assignee = $3, lease_until = (SELECT stageline_now()) + $4 * interval '1 ms'
    WHERE tenant_id = $1 AND id = $2 AND state IN ('new', 'in_progress', 'blocked')
      AND (assignee IS NULL OR assignee = $3 OR lease_until IS NULL OR lease_until <= (SELECT stageline_now()))
    RETURNING *`,
}

const RELEASE = {
  name: 'release-task',
  text: `UPDATE tasks SET state = 'new', assignee = NULL, lease_until = NULL
    WHERE tenant_id = $1 AND id = $2 AND state = 'in_progress' AND assignee = $3
    RETURNING *`,
}

export const claimTask = (
  db: Database,
  tenantId: string,
  taskId: string,
  actor: string,
  leaseMs: number,
): Promise<TaskChange> =>
  change(db, tenantId, taskId, (query) => query<TaskRow>(CLAIM, [tenantId, taskId, actor, leaseMs]))

/** Releasing what nobody holds changes nothing and is no fault. */
export const releaseTask = (db: Database, tenantId: string, taskId: string, actor: string): Promise<TaskChange> =>
  change(db, tenantId, taskId, (query) => query<TaskRow>(RELEASE, [tenantId, taskId, actor]))

async function change(
  db: Database,
  tenantId: string,
  taskId: string,
  update: (query: Query) => Promise<TaskRow[]>,
): Promise<TaskChange> {
  if (!isId(taskId)) return { kind: 'unknown' }
  return db.transaction(tenantId, async (query) => {
    const [row] = await update(query)
    if (row) return { kind: 'changed', task: taskFrom(row) }
    const task = await selectTask(query, tenantId, taskId)
    if (!task) return { kind: 'unknown' }
    if (!isOpenTask(task.state)) return { kind: 'closed', task }
    return { kind: task.assignee === null ? 'changed' : 'held', task }
  })
}
