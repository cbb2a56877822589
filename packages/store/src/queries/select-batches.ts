import { isId, type JobState } from '@stageline/domain'
import type { BatchView, Page, PageRequest } from '@stageline/engine/ports'
import type { Database } from '../database.ts'
import { readCursor, toPage } from '../page-cursor.ts'

type Row = {
  id: string
  name: string | null
  actor: string
  created_at: string
  by_state: Partial<Record<JobState, number>> | null
}

/** Counts come from the deltas, not from the jobs. */
const COLUMNS = `b.id, b.name, b.actor, b.created_at,
  (SELECT jsonb_object_agg(c.state, c.jobs) FROM (
    SELECT state, sum(delta)::bigint AS jobs FROM counters
    WHERE tenant_id = b.tenant_id AND kind = 'batch' AND subject = b.id::text GROUP BY state HAVING sum(delta) > 0
  ) AS c) AS by_state`

const ONE = { name: 'select-batch', text: `SELECT ${COLUMNS} FROM batches b WHERE b.tenant_id = $1 AND b.id = $2` }

export async function selectBatch(db: Database, tenantId: string, batchId: string): Promise<BatchView | undefined> {
  if (!isId(batchId)) return undefined
  const [row] = await db.query<Row>(tenantId, ONE, [tenantId, batchId])
  return row && batchFrom(row)
}

const MANY = {
  name: 'list-batches',
  text: `SELECT ${COLUMNS} FROM batches b WHERE b.tenant_id = $1 AND ($2::uuid IS NULL OR b.id < $2) ORDER BY b.id DESC LIMIT $3`,
}

/** Newest first. */
export async function listBatches(db: Database, tenantId: string, page: PageRequest): Promise<Page<BatchView>> {
  const after = readCursor(page, 'batches')
  const rows = await db.query<Row>(tenantId, MANY, [tenantId, after ?? null, page.limit + 1])
  return toPage(rows.map(batchFrom), page.limit, 'batches')
}

function batchFrom(row: Row): BatchView {
  const byState = row.by_state ?? {}
  const total = Object.values(byState).reduce((sum, count) => sum + count, 0)
  return { id: row.id, name: row.name, actor: row.actor, createdAt: row.created_at, total, byState }
}
