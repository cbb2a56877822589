import type { Query } from '../database.ts'

/** Two looks count as done, so that the next is a close one. What was written lately may just be on its way. */
const RECHECK = {
  name: 'recheck-stage',
  text: `WITH sleeping AS MATERIALIZED (
      SELECT d.tenant_id, d.id FROM jobs d
      WHERE d.check_at > (SELECT stageline_now()) + interval '5 s' AND d.stage = $1 AND d.updated_at < (SELECT stageline_now()) - interval '5 s'
      ORDER BY d.check_at LIMIT $2 FOR UPDATE SKIP LOCKED
    ), woken AS (
      UPDATE jobs j SET check_at = (SELECT stageline_now()), looks = greatest(j.looks, 2) FROM sleeping s
      WHERE j.tenant_id = s.tenant_id AND j.id = s.id RETURNING 1
    ) SELECT count(*) AS changed FROM woken`,
}

/** A bounded piece of the jobs whose message in the queue of this stage is looked for later than in 5 s. */
export async function recheckStage(query: Query, stage: string, limit: number): Promise<number> {
  const [row] = await query<{ changed: number }>(RECHECK, [stage, limit])
  return row?.changed ?? 0
}
