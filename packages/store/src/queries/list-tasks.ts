import { AUTOMATION_FAILURES, HIGH_PRIORITY, LOW_PRIORITY } from '@stageline/domain'
import type { Page, PageRequest, TaskFilter, TaskView } from '@stageline/engine/ports'
import { sql, type SqlBool } from 'kysely'
import type { Database } from '../database.ts'
import { lists, runList } from '../list-builder.ts'
import { readRankedCursor, toRankedPage } from '../page-cursor.ts'
import { taskFrom } from '../task-row.ts'

/** Newest first, or the most urgent first and of equals the oldest. */
export async function listTasks(
  db: Database,
  tenantId: string,
  filter: TaskFilter,
  page: PageRequest,
): Promise<Page<TaskView>> {
  const after = readRankedCursor(page, filter)
  const byPriority = filter.sort === 'priority'
  let list = filtered(tenantId, filter).limit(page.limit + 1)
  list = byPriority ? list.orderBy(sql`-priority`).orderBy('id') : list.orderBy('id', 'desc')
  if (after && byPriority)
    list = list.where(sql<SqlBool>`(-priority, id) > (${-after.rank}::float8, ${after.id}::uuid)`)
  if (after && !byPriority) list = list.where('id', '<', after.id)
  const rows = (await runList(db, tenantId, list)).map(taskFrom)
  return toRankedPage(rows, ({ priority }) => priority, { limit: page.limit, filter })
}

function filtered(tenantId: string, filter: TaskFilter) {
  let list = lists.selectFrom('tasks').selectAll().where('tenant_id', '=', tenantId)
  if (filter.state?.length) list = list.where('state', 'in', filter.state)
  if (filter.type !== undefined) list = list.where('type', '=', filter.type)
  if (filter.jobId !== undefined) list = list.where('job_id', '=', filter.jobId)
  if (filter.batchId !== undefined) list = list.where('job_id', 'in', jobsOf(tenantId, filter.batchId))
  if (filter.fallback !== undefined) list = list.where('cause', filter.fallback ? 'in' : 'not in', AUTOMATION_FAILURES)
  if (filter.planId !== undefined) list = list.where('plan_id', '=', filter.planId)
  if (filter.assignee !== undefined) list = list.where('assignee', '=', filter.assignee)
  if (filter.group !== undefined) list = list.where('assigned_group', '=', filter.group)
  if (filter.serviceArea !== undefined) list = list.where('service_area', '=', filter.serviceArea)
  if (filter.dueBefore) list = list.where('due_at', '<', filter.dueBefore.toISOString())
  if (filter.snoozed !== undefined) list = list.where(filter.snoozed ? ASLEEP : AWAKE)
  if (filter.priority === 'high') list = list.where('priority', '>=', HIGH_PRIORITY)
  if (filter.priority === 'medium')
    list = list.where('priority', '>=', LOW_PRIORITY).where('priority', '<', HIGH_PRIORITY)
  if (filter.priority === 'low') list = list.where('priority', '<', LOW_PRIORITY)
  return list
}

const jobsOf = (tenantId: string, batchId: string) =>
  lists.selectFrom('jobs').select('id').where('tenant_id', '=', tenantId).where('batch_id', '=', batchId)

const ASLEEP = sql<SqlBool>`snoozed_until > (SELECT stageline_now())`
const AWAKE = sql<SqlBool>`(snoozed_until IS NULL OR snoozed_until <= (SELECT stageline_now()))`
