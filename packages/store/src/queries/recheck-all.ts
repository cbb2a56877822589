import type { Query } from '../database.ts'

/** Every job with a queued message, from the first look on again. */
const RECHECK = {
  name: 'recheck-all',
  text: `WITH sleeping AS MATERIALIZED (
      SELECT d.tenant_id, d.id FROM jobs d
      WHERE d.check_at IS NOT NULL AND (d.check_at > (SELECT stageline_now()) OR d.looks > 0) LIMIT $1 FOR UPDATE SKIP LOCKED
    ), woken AS (
      UPDATE jobs j SET check_at = (SELECT stageline_now()), looks = 0 FROM sleeping s WHERE j.tenant_id = s.tenant_id AND j.id = s.id
      RETURNING 1
    ) SELECT count(*) AS changed FROM woken`,
}

/** A bounded piece; 0 when none is left. */
export async function recheckAll(query: Query, limit: number): Promise<number> {
  const [row] = await query<{ changed: number }>(RECHECK, [limit])
  return row?.changed ?? 0
}
