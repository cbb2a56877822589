import type { Database } from '../database.ts'

const MAX_JOBS = 5_000

/**
 * Steps of the stage that wait for a retry become due, and the messages of queued ones are looked for at once.
 */
const TRIGGER = {
  name: 'trigger-stage',
  text: `WITH affected AS MATERIALIZED (
    SELECT j.tenant_id, j.id, k.retrying FROM jobs j
    JOIN workflow_versions v ON v.tenant_id = j.tenant_id AND v.key = j.workflow AND v.version = j.version
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_object_agg(d ->> 'key', jsonb_set(j.steps -> (d ->> 'key'), '{u}', to_jsonb($3::text)))
          FILTER (WHERE j.steps -> (d ->> 'key') ->> 's' = 'retrying'), '{}') AS retrying, count(*) AS steps
      FROM jsonb_array_elements(v.definition -> 'steps') AS d
      WHERE d ->> 'stage' = $2 AND j.steps -> (d ->> 'key') ->> 's' IN ('queued', 'retrying')
    ) AS k
    WHERE j.tenant_id = $1 AND j.state IN ('queued', 'processing', 'waiting', 'retrying', 'failed', 'suspended') AND k.steps > 0
    ORDER BY j.tenant_id, j.id LIMIT $4 FOR UPDATE OF j
  ), moved AS (
    UPDATE jobs j SET steps = j.steps || a.retrying, revision = j.revision + 1, due_at = (SELECT stageline_now())
    FROM affected a WHERE a.retrying <> '{}' AND j.tenant_id = a.tenant_id AND j.id = a.id
  ), looked_for AS (
    UPDATE messages SET check_at = (SELECT stageline_now()), looks = 0 WHERE tenant_id = $1 AND stage = $2
  ) SELECT count(*) AS changed FROM affected`,
}

export async function triggerStage(db: Database, tenantId: string, stage: string): Promise<number> {
  const now = db.now().toISOString()
  const [row] = await db.query<{ changed: number }>(tenantId, TRIGGER, [tenantId, stage, now, MAX_JOBS])
  return row?.changed ?? 0
}
