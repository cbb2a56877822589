import type { JobCount, JobFilter } from '@stageline/engine/ports'
import { sql } from 'kysely'
import type { Database } from '../database.ts'
import { lists, runList } from '../list-builder.ts'
import { filteredJobs, lastErrorIs } from './filtered-jobs.ts'

/** So many rows are looked at: an index tells most, but a last error needs a look into each history. */
const MOST = { rows: 1_000_000, histories: 100_000 }

type Row = { by_state: JobCount['byState']; looked: number }

/** Exact as long as there are not too many to look at; then so many at least, of the oldest. */
export async function countJobs(db: Database, tenantId: string, filter: JobFilter): Promise<JobCount> {
  const { errorCode } = filter
  const most = errorCode === undefined ? MOST.rows : MOST.histories
  const candidates = filteredJobs(tenantId, filter)
    .select(['id', 'state'])
    .orderBy('id')
    .limit(most + 1)
  const fits = errorCode === undefined ? sql`true` : lastErrorIs(tenantId, 'candidate', errorCode)
  const counts = sql<Row>`WITH candidate AS MATERIALIZED (${candidates}),
    counted AS (SELECT state, count(*) AS jobs FROM candidate WHERE ${fits} GROUP BY state)
    SELECT coalesce(jsonb_object_agg(state, jobs), '{}') AS by_state, (SELECT count(*) FROM candidate) AS looked FROM counted`
  const [row] = await runList<Row>(db, tenantId, { compile: () => counts.compile(lists) })
  const byState = row?.by_state ?? {}
  const count = Object.values(byState).reduce((sum, jobs) => sum + jobs, 0)
  return { count, byState, isExact: (row?.looked ?? 0) <= most }
}
