import { JOB_STATES, type JobState } from '@stageline/domain'
import type { JobFilter, JobRow, Page, PageRequest } from '@stageline/engine/ports'
import { sql } from 'kysely'
import type { Database } from '../database.ts'
import { firstIdOf } from '../first-id-of.ts'
import { lists, runList, type ListTables } from '../list-builder.ts'
import { readCursor, toPage } from '../page-cursor.ts'
import { filteredJobs, lastErrorIs, statesOf, tagsOf } from './filtered-jobs.ts'
import { narrowByTags } from './narrow-by-tags.ts'

/** So many of the newest jobs are looked at for tags first: a page of what one job in a hundred carries is among them. */
const NEWEST = 5_000

/** Newest first. Times are those in the ids, which the primary key is ordered by. */
export async function listJobs(
  db: Database,
  tenantId: string,
  filter: JobFilter,
  page: PageRequest,
): Promise<Page<JobRow>> {
  const asked = { after: readCursor(page, filter), most: page.limit + 1 }
  const rows =
    (await pageOfNewest(db, tenantId, filter, asked)) ??
    (await pageOf(db, tenantId, await narrowByTags(db, tenantId, filter), asked))
  return toPage(
    rows.map((row) => ({ ...row, state: row.state as JobState })),
    page.limit,
    filter,
  )
}

type Asked = { after: string | undefined; most: number }

/** Of tags that are common, whose index would tell of all their jobs; undefined where the newest do not fill a page. */
async function pageOfNewest(db: Database, tenantId: string, filter: JobFilter, asked: Asked) {
  if (tagsOf(filter).length === 0 || filter.errorCode !== undefined || isOfFew(filter)) return undefined
  const rows = await runList(db, tenantId, rowsOf(tenantId, filter, asked, amongNewest(tenantId, filter, asked)))
  return rows.length === asked.most ? rows : undefined
}

const amongNewest = (tenantId: string, filter: JobFilter, { after }: Asked) =>
  lists.with('jobs', (one) => {
    const newest = one.selectFrom('jobs').selectAll().where('tenant_id', '=', tenantId).orderBy('id', 'desc')
    const { from, below } = boundsOf(filter, after)
    return newest.where('id', '>=', from).where('id', '<', below).limit(NEWEST)
  })

async function pageOf(db: Database, tenantId: string, filter: JobFilter, asked: Asked) {
  const [first, ...others] = partsOf(filter).map((part) => rowsOf(tenantId, part, asked))
  if (!first) return []
  const all = others.reduce((list, one) => list.unionAll(asPart(one)), asPart(first))
  return runList(db, tenantId, others.length === 0 ? first : all.orderBy('id', 'desc').limit(asked.most))
}

function rowsOf(tenantId: string, filter: JobFilter, asked: Asked, among: Parameters<typeof filteredJobs>[2] = lists) {
  const { errorCode } = filter
  const isJoined = errorCode !== undefined && !isOfFew(filter)
  let list = filteredJobs(tenantId, filter, isJoined ? amongLastErrors(tenantId, filter, asked) : among)
    .select(['id', 'workflow', 'version', 'state', 'stage', 'priority', 'tags', 'origin', 'actor'])
    .select(['business_key as businessKey', 'batch_id as batchId', 'replay_of as replayOf'])
    .select(['created_at as createdAt', 'updated_at as updatedAt', 'finished_at as finishedAt'])
    .orderBy('id', 'desc')
    .limit(asked.most)
  if (asked.after) list = list.where('id', '<', asked.after)
  if (errorCode !== undefined && !isJoined) list = list.where(lastErrorIs(tenantId, 'jobs', errorCode))
  return list
}

/** What goes well has no failures: they are gone through instead of the jobs, the newest first. */
const amongLastErrors = (tenantId: string, filter: JobFilter, { after }: Asked) =>
  lists.with('jobs', () => {
    const { from, below } = boundsOf(filter, after)
    return sql<ListTables['jobs']>`(SELECT jobs.* FROM (
        SELECT DISTINCT ON (job_id) job_id, failure ->> 'code' AS code FROM history
        WHERE tenant_id = ${tenantId} AND failure IS NOT NULL AND job_id >= ${from} AND job_id < ${below}
        ORDER BY job_id DESC, seq DESC) last
      JOIN jobs ON jobs.tenant_id = ${tenantId} AND jobs.id = last.job_id WHERE last.code = ${filter.errorCode})`
  })

/** Ids that the page may have. */
function boundsOf({ createdAfter, createdBefore }: JobFilter, after: string | undefined) {
  const ends = [after ?? LAST_ID, createdBefore ? firstIdOf(createdBefore) : LAST_ID]
  return { from: firstIdOf(createdAfter ?? new Date(0)), below: ends.toSorted()[0]! }
}

const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** With its own order and bound. */
const asPart = (rows: ReturnType<typeof rowsOf>) => lists.selectFrom(rows.as('part')).selectAll()

/**
 * State by state, each of which an index has in the order of the list: asked for several at once, or for a workflow, the
 * planner would go through all jobs, the newest first, until enough of them fit. What another index finds is few.
 */
function partsOf(filter: JobFilter): JobFilter[] {
  const states = statesOf(filter)
  const isWhole = filter.errorCode !== undefined || (states === undefined && filter.workflow === undefined)
  if (isWhole || isOfFew(filter)) return states?.length === 0 ? [] : [filter]
  return (states ?? JOB_STATES).map((state) => ({ ...filter, state: [state] }))
}

const isOfFew = ({ batchId, businessKey, ids }: JobFilter): boolean =>
  [batchId, businessKey, ids].some((one) => one !== undefined)
