import type { JobFilter } from '@stageline/engine/ports'
import type { Database } from '../database.ts'
import { tagsOf } from './filtered-jobs.ts'

/** A tag of more jobs is common enough for a look at the newest jobs to find a page of them. */
const MOST = 2_000

const SELECT = { name: 'select-jobs-with-tags', text: 'SELECT jobs_with_tags($1, $2) AS ids' }

/** The same filter with the ids of the jobs that carry its tags, where they are few: what the index of tags knows. */
export async function narrowByTags(db: Database, tenantId: string, filter: JobFilter): Promise<JobFilter> {
  const tags = tagsOf(filter)
  if (tags.length === 0 || filter.ids !== undefined) return filter
  const [row] = await db.query<{ ids: string[] | null }>(tenantId, SELECT, [tags, MOST])
  return row?.ids ? { ...filter, ids: row.ids } : filter
}
