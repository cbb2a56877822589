import type { JobState } from '@stageline/domain'
import type { JobFilter, JobRow, Page, PageRequest } from '@stageline/engine/ports'
import { sql } from 'kysely'
import type { Database } from '../database.ts'
import { firstIdOf } from '../first-id-of.ts'
import { lists, runList } from '../list-builder.ts'
import { readCursor, toPage } from '../page-cursor.ts'

const OPEN_STATES: readonly JobState[] = [
  'created',
  'queued',
  'processing',
  'waiting',
  'retrying',
  'failed',
  'suspended',
]

/** Newest first. Times are those in the ids, which the primary key is ordered by. */
export async function listJobs(
  db: Database,
  tenantId: string,
  filter: JobFilter,
  page: PageRequest,
): Promise<Page<JobRow>> {
  const after = readCursor(page, filter)
  let list = lists
    .selectFrom('jobs')
    .select(['id', 'workflow', 'version', 'state', 'stage', 'priority', 'tags', 'origin', 'actor'])
    .select(['business_key as businessKey', 'batch_id as batchId', 'replay_of as replayOf'])
    .select(['created_at as createdAt', 'updated_at as updatedAt', 'finished_at as finishedAt'])
    .where('tenant_id', '=', tenantId)
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
  if (after) list = list.where('id', '<', after)
  const states = statesOf(filter)
  if (states) list = list.where('state', 'in', states)
  if (filter.stage !== undefined) list = list.where('stage', '=', filter.stage)
  if (filter.workflow !== undefined) list = list.where('workflow', '=', filter.workflow)
  if (filter.batchId !== undefined) list = list.where('batch_id', '=', filter.batchId)
  if (filter.businessKey !== undefined) list = list.where('business_key', '=', filter.businessKey)
  if (filter.tag !== undefined) list = list.where(sql<boolean>`tags <> '{}' AND tags @> ARRAY[${filter.tag}]::text[]`)
  if (filter.createdAfter) list = list.where('id', '>=', firstIdOf(filter.createdAfter))
  if (filter.createdBefore) list = list.where('id', '<', firstIdOf(filter.createdBefore))
  if (filter.ids !== undefined) list = list.where('id', '=', sql<string>`ANY(${[...filter.ids]}::uuid[])`)
  return toPage(
    (await runList(db, tenantId, list)).map((row) => ({ ...row, state: row.state as JobState })),
    page.limit,
    filter,
  )
}

/** Only open jobs are at a stage: that keeps a look at every finished one away. */
function statesOf({ state, stage }: JobFilter): readonly JobState[] | undefined {
  if (stage === undefined) return state?.length ? state : undefined
  return state?.length ? state.filter((one) => OPEN_STATES.includes(one)) : OPEN_STATES
}
