import { MOST_TASKS, type DeskFigures } from '@stageline/engine/ports'
import type { Database } from '../database.ts'

/** By state and id: the index of lists by state, however many there are. */
const OPEN = {
  name: 'select-ages-of-tasks',
  text: `WITH ages AS (
    SELECT extract(epoch FROM stageline_now() - t.created_at)::float8 * 1000 AS ms
    FROM unnest(ARRAY['new', 'in_progress', 'blocked']) s(state) CROSS JOIN LATERAL (
      SELECT created_at FROM tasks WHERE tenant_id = $1 AND state = s.state ORDER BY id LIMIT ${MOST_TASKS}) t
  ) SELECT count(*)::int AS count, max(ms) AS oldest, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY ms) AS at FROM ages`,
}
type OpenRow = { count: number; oldest: number | null; at: [number, number] | null }

const DONE = {
  name: 'select-done-by-person',
  text: `WITH zone AS (SELECT coalesce((SELECT time_zone FROM tenant_settings WHERE tenant_id = $1), 'UTC') AS name),
  newest AS (
    SELECT completed_at, verdict_by FROM tasks WHERE tenant_id = $1 AND state = 'completed' ORDER BY id DESC LIMIT ${MOST_TASKS}
  ), done AS (
    SELECT (completed_at AT TIME ZONE name)::date AS day, coalesce(verdict_by, 'stageline') AS person
    FROM newest CROSS JOIN zone
    WHERE completed_at >= ((stageline_now() AT TIME ZONE name)::date - $2::int + 1)::timestamp AT TIME ZONE name
  ) SELECT (SELECT count(*) = ${MOST_TASKS} FROM newest) AS "isShortened",
    coalesce((SELECT jsonb_agg(jsonb_build_object('day', day, 'person', person, 'count', count) ORDER BY day, count DESC, person)
      FROM (SELECT day, person, count(*) FROM done GROUP BY 1, 2) d), '[]') AS done`,
}
type DoneRow = Pick<DeskFigures, 'isShortened' | 'done'>

export async function selectDeskFigures(db: Database, tenantId: string, days: number): Promise<DeskFigures> {
  return db.transaction(tenantId, async (query) => {
    const [open] = await query<OpenRow>(OPEN, [tenantId])
    const [done] = await query<DoneRow>(DONE, [tenantId, days])
    const { count, oldest, at } = open!
    const ages = at && oldest !== null ? { medianMs: at[0], p90Ms: at[1], oldestMs: oldest } : null
    return { open: count, ages, ...done! }
  })
}
