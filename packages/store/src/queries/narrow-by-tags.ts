import type { JobFilter } from '@stageline/engine/ports'
import type { Database } from '../database.ts'
import { OPEN_STATES, statesOf, tagsOf } from './filtered-jobs.ts'

/** Where more jobs fit, a page of them is found by a look at the newest of their workflow or state. */
const MOST = 2_000

const SELECT = { name: 'select-jobs-with-tags', text: 'SELECT jobs_with_tags($1, $2, $3, $4, $5) AS ids' }

/**
 * The same filter with the ids of the jobs of its workflow and states that carry its tags, where they are few: what the
 * index of tags knows, together with the others.
 */
export async function narrowByTags(db: Database, tenantId: string, filter: JobFilter): Promise<JobFilter> {
  const tags = tagsOf(filter)
  if (tags.length === 0 || filter.ids !== undefined) return filter
  const asked = [tags, MOST, filter.workflow ?? null, statesOf(filter) ?? null, OPEN_STATES]
  const [row] = await db.query<{ ids: string[] | null }>(tenantId, SELECT, asked)
  return row?.ids ? { ...filter, ids: row.ids } : filter
}
