import { JOB_STATES, type JobState } from '@stageline/domain'
import type { JobFilter, JobRow, Page, PageRequest } from '@stageline/engine/ports'
import { sql, type SqlBool } from 'kysely'
import type { Database } from '../database.ts'
import { lists, runList } from '../list-builder.ts'
import { readCursor, toPage } from '../page-cursor.ts'
import { filteredJobs, lastErrorIs, statesOf } from './filtered-jobs.ts'
import { narrowByTags } from './narrow-by-tags.ts'

/** Newest first. Times are those in the ids, which the primary key is ordered by. */
export async function listJobs(
  db: Database,
  tenantId: string,
  filter: JobFilter,
  page: PageRequest,
): Promise<Page<JobRow>> {
  const after = readCursor(page, filter)
  const most = page.limit + 1
  const narrow = await narrowByTags(db, tenantId, filter)
  const [first, ...others] = partsOf(narrow).map((part) => rowsOf(tenantId, part, { after, most }))
  if (!first) return toPage([], page.limit, filter)
  const all = others.reduce((list, one) => list.unionAll(among(one)), among(first))
  const list = others.length === 0 ? first : all.orderBy('id', 'desc').limit(most)
  return toPage(
    (await runList(db, tenantId, list)).map((row) => ({ ...row, state: row.state as JobState })),
    page.limit,
    filter,
  )
}

function rowsOf(tenantId: string, filter: JobFilter, { after, most }: { after: string | undefined; most: number }) {
  let list = filteredJobs(tenantId, filter)
    .select(['id', 'workflow', 'version', 'state', 'stage', 'priority', 'tags', 'origin', 'actor'])
    .select(['business_key as businessKey', 'batch_id as batchId', 'replay_of as replayOf'])
    .select(['created_at as createdAt', 'updated_at as updatedAt', 'finished_at as finishedAt'])
    .orderBy('id', 'desc')
    .limit(most)
  if (after) list = list.where('id', '<', after)
  if (filter.errorCode !== undefined)
    list = list.where(failedOnce(tenantId)).where(lastErrorIs(tenantId, 'jobs', filter.errorCode))
  return list
}

/** Few of those that are done, and the only ones whose history is worth a look. As an array, they are found first. */
const failedOnce = (tenantId: string) => sql<SqlBool>`jobs.id = ANY (ARRAY(
  SELECT job_id FROM history WHERE tenant_id = ${tenantId} AND failure IS NOT NULL))`

/** With its own order and bound. */
const among = (rows: ReturnType<typeof rowsOf>) => lists.selectFrom(rows.as('part')).selectAll()

/**
 * State by state, each of which an index has in the order of the list: asked for several at once, or for a workflow, the
 * planner would go through all jobs, the newest first, until enough of them fit. What another index finds is few.
 */
function partsOf(filter: JobFilter): JobFilter[] {
  const { batchId, businessKey, errorCode, ids, workflow } = filter
  const isFew = [batchId, businessKey, errorCode, ids].some((one) => one !== undefined)
  const states = statesOf(filter)
  if (isFew || (states === undefined && workflow === undefined)) return states?.length === 0 ? [] : [filter]
  return (states ?? JOB_STATES).map((state) => ({ ...filter, state: [state] }))
}
