import type { JobState } from '@stageline/domain'
import type { JobFilter, JobRow, Page, PageRequest } from '@stageline/engine/ports'
import type { Database } from '../database.ts'
import { runList } from '../list-builder.ts'
import { readCursor, toPage } from '../page-cursor.ts'
import { filteredJobs, lastErrorIs } from './filtered-jobs.ts'

/** Newest first. Times are those in the ids, which the primary key is ordered by. */
export async function listJobs(
  db: Database,
  tenantId: string,
  filter: JobFilter,
  page: PageRequest,
): Promise<Page<JobRow>> {
  const after = readCursor(page, filter)
  let list = filteredJobs(tenantId, filter)
    .select(['id', 'workflow', 'version', 'state', 'stage', 'priority', 'tags', 'origin', 'actor'])
    .select(['business_key as businessKey', 'batch_id as batchId', 'replay_of as replayOf'])
    .select(['created_at as createdAt', 'updated_at as updatedAt', 'finished_at as finishedAt'])
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
  if (after) list = list.where('id', '<', after)
  if (filter.errorCode !== undefined) list = list.where(lastErrorIs(tenantId, 'jobs', filter.errorCode))
  return toPage(
    (await runList(db, tenantId, list)).map((row) => ({ ...row, state: row.state as JobState })),
    page.limit,
    filter,
  )
}
