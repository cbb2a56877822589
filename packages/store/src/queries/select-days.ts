import { DAY_SAMPLE, type AutomationDay } from '@stageline/engine/ports'
import type { Database } from '../database.ts'

/** The smallest UUIDv7 of a moment, as `firstIdOf` has it. */
const FIRST_ID = (moment: string) =>
  `(lpad(to_hex(floor(extract(epoch FROM (${moment})) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid`

/**
 * Each day reads its own newest jobs by the primary key, so that a busy day hides none before it. The days are made first:
 * row-level security lets nothing but a plain comparison of ids come before its own, and all jobs would be looked at.
 */
const AUTOMATION = {
  name: 'select-automation-days',
  text: `WITH zone AS (SELECT coalesce((SELECT time_zone FROM tenant_settings WHERE tenant_id = $1), 'UTC') AS name),
  days AS MATERIALIZED (
    SELECT d.day, ${FIRST_ID('d.day::timestamp AT TIME ZONE name')} AS first_id, ${FIRST_ID('(d.day + 1)::timestamp AT TIME ZONE name')} AS end_id
    FROM zone CROSS JOIN LATERAL (SELECT (stageline_now() AT TIME ZONE name)::date - n AS day FROM generate_series(0, $2::int - 1) n) d
  ) SELECT day::text, count(*)::int AS jobs, count(*) = ${DAY_SAMPLE} AS "isSample",
      count(*) FILTER (WHERE 'person' = ANY (routes))::int AS "toPerson",
      count(*) FILTER (WHERE routes <> '{}' AND 'person' <> ALL (routes))::int AS "toAutomation",
      count(*) FILTER (WHERE state = 'completed')::int AS completed,
      count(*) FILTER (WHERE state = 'completed' AND NOT waited)::int AS "completedAlone"
    FROM days CROSS JOIN LATERAL (
      SELECT id, state FROM jobs WHERE tenant_id = $1 AND id >= days.first_id AND id < days.end_id
      ORDER BY id DESC LIMIT ${DAY_SAMPLE}
    ) j CROSS JOIN LATERAL (SELECT
      ARRAY(SELECT route FROM decisions WHERE tenant_id = $1 AND job_id = j.id) AS routes,
      EXISTS (SELECT FROM tasks WHERE tenant_id = $1 AND job_id = j.id AND step IS NOT NULL) AS waited
    ) about
    GROUP BY day ORDER BY day`,
}

export const selectAutomationDays = (db: Database, tenantId: string, days: number): Promise<AutomationDay[]> =>
  db.query<AutomationDay>(tenantId, AUTOMATION, [tenantId, days])
