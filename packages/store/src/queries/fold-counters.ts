import type { Query } from '../database.ts'

const MAX_COUNTS = 1_000

/**
 * Replaces all rows of a count by their sum. Readers see either the rows or the sum, never both. One process at a time: two
 * would lock the rows in different orders. Whoever begins just before another ends finds that one's rows gone, and sums none.
 */
const FOLD = {
  name: 'fold-counters',
  text: `WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(7220433) AS ours), crowded AS MATERIALIZED (
    SELECT tenant_id, kind, workflow, subject, state FROM counters WHERE (SELECT ours FROM turn)
    GROUP BY tenant_id, kind, workflow, subject, state HAVING count(*) > 1 LIMIT $1
  ), gone AS (
    DELETE FROM counters c USING crowded o
    WHERE c.tenant_id = o.tenant_id AND c.kind = o.kind AND c.workflow = o.workflow AND c.subject = o.subject AND c.state = o.state
    RETURNING c.*
  ), summed AS (
    INSERT INTO counters (tenant_id, kind, workflow, subject, state, delta)
    SELECT tenant_id, kind, workflow, subject, state, sum(delta) FROM gone
    GROUP BY tenant_id, kind, workflow, subject, state HAVING sum(delta) <> 0
  ) SELECT count(*) AS folded FROM gone`,
}

/** How many rows were summed; 0 while another process does it. */
export async function foldCounters(query: Query): Promise<number> {
  const [row] = await query<{ folded: number }>(FOLD, [MAX_COUNTS])
  return row?.folded ?? 0
}
