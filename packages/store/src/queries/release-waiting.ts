import type { Query } from '../database.ts'

const PICK = `SELECT stage FROM stages WHERE release_waiting ORDER BY stage LIMIT 1 FOR UPDATE SKIP LOCKED`

/**
 * Steps of the stage that wait because something was down. What waits has a timer to come: the index of timers finds it.
 * A write into `steps` is a change like any other and raises the revision.
 */
const RELEASE = {
  name: 'release-waiting',
  text: `WITH affected AS MATERIALIZED (
    SELECT j.tenant_id, j.id, k.steps FROM jobs j
    JOIN workflow_versions v ON v.tenant_id = j.tenant_id AND v.key = j.workflow AND v.version = j.version
    CROSS JOIN LATERAL (
      SELECT jsonb_object_agg(d ->> 'key', jsonb_set(j.steps -> (d ->> 'key'), '{u}', to_jsonb($2::text))) AS steps
      FROM jsonb_array_elements(v.definition -> 'steps') AS d
      WHERE d ->> 'stage' = $1 AND j.steps -> (d ->> 'key') ->> 's' = 'waiting' AND j.steps -> (d ->> 'key') ->> 'r' = 'system'
        AND j.steps -> (d ->> 'key') ->> 'u' > $2
    ) AS k
    WHERE j.due_at > (SELECT stageline_now()) AND k.steps IS NOT NULL
    ORDER BY j.tenant_id, j.id LIMIT $3 FOR UPDATE OF j
  ), moved AS (
    UPDATE jobs j SET steps = j.steps || a.steps, revision = j.revision + 1, due_at = (SELECT stageline_now())
    FROM affected a WHERE j.tenant_id = a.tenant_id AND j.id = a.id RETURNING 1
  ) SELECT count(*) AS changed FROM moved`,
}

const RELEASED = 'UPDATE stages SET release_waiting = false WHERE stage = $1'

/**
 * One stage at a time, whose row is held meanwhile: another orchestrator takes another stage. Run in one transaction.
 * @returns how many jobs have become due; 0 when nothing waits any more
 */
export async function releaseWaiting(query: Query, now: Date, limit: number): Promise<number> {
  const [picked] = await query<{ stage: string }>({ text: PICK })
  if (!picked) return 0
  const [row] = await query<{ changed: number }>(RELEASE, [picked.stage, now.toISOString(), limit])
  const changed = row?.changed ?? 0
  if (changed < limit) await query({ text: RELEASED }, [picked.stage])
  return changed
}
