import type { TaskView } from '@stageline/engine/ports'
import type { Query } from '../database.ts'
import { taskFrom, type TaskRow } from '../task-row.ts'

export async function selectTask(query: Query, tenantId: string, taskId: string): Promise<TaskView | undefined> {
  const statement = { name: 'select-task', text: 'SELECT * FROM tasks WHERE tenant_id = $1 AND id = $2' }
  const [row] = await query<TaskRow>(statement, [tenantId, taskId])
  return row && taskFrom(row)
}
