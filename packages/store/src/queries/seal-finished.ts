import type { Query } from '../database.ts'

/** No new revision: what is sealed is final. */
const SEAL = {
  name: 'seal-finished',
  text: `WITH complete AS MATERIALIZED (
    SELECT tenant_id, id FROM jobs WHERE finished_at IS NOT NULL AND seal IS NULL
    ORDER BY finished_at LIMIT $1 FOR UPDATE SKIP LOCKED
  ), sealed AS (
    UPDATE jobs j SET seal = history_hash(j.tenant_id, j.id) FROM complete c WHERE j.tenant_id = c.tenant_id AND j.id = c.id
    RETURNING 1
  ) SELECT count(*) AS sealed FROM sealed`,
}

export async function sealFinished(query: Query, limit: number): Promise<number> {
  const [row] = await query<{ sealed: number }>(SEAL, [limit])
  return row?.sealed ?? 0
}
