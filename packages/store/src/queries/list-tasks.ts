import type { Page, PageRequest, TaskFilter, TaskView } from '@stageline/engine/ports'
import type { Database } from '../database.ts'
import { lists, runList } from '../list-builder.ts'
import { readCursor, toPage } from '../page-cursor.ts'
import { taskFrom } from '../task-row.ts'

/** From here on a task is of high priority, and below that of low. */
const HIGH = 0.7
const LOW = 0.4

/** Newest first. */
export async function listTasks(
  db: Database,
  tenantId: string,
  filter: TaskFilter,
  page: PageRequest,
): Promise<Page<TaskView>> {
  const after = readCursor(page, filter)
  let list = lists
    .selectFrom('tasks')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
  if (after) list = list.where('id', '<', after)
  if (filter.state?.length) list = list.where('state', 'in', filter.state)
  if (filter.type !== undefined) list = list.where('type', '=', filter.type)
  if (filter.jobId !== undefined) list = list.where('job_id', '=', filter.jobId)
  if (filter.assignee !== undefined) list = list.where('assignee', '=', filter.assignee)
  if (filter.priority === 'high') list = list.where('priority', '>=', HIGH)
  if (filter.priority === 'medium') list = list.where('priority', '>=', LOW).where('priority', '<', HIGH)
  if (filter.priority === 'low') list = list.where('priority', '<', LOW)
  return toPage((await runList(db, tenantId, list)).map(taskFrom), page.limit, filter)
}
