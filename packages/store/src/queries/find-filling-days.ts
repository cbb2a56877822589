import type { FillingDay } from '@stageline/engine/ports'
import type { Query } from '../database.ts'

const MOST_FOUND = 100

/** Counts of today, of tenants with a bounded policy; definitions are read of the workflows that have come that far. */
const SELECT = {
  name: 'find-filling-days',
  text: `WITH bounded AS (
      SELECT p.tenant_id, p.name, (v.policy ->> 'maxDailyTasks')::bigint AS bound,
        to_char(stageline_now() AT TIME ZONE coalesce(s.time_zone, 'UTC'), 'YYYY-MM-DD') AS day
      FROM policies p LEFT JOIN tenant_settings s ON s.tenant_id = p.tenant_id
      CROSS JOIN LATERAL (SELECT policy FROM policy_versions
        WHERE tenant_id = p.tenant_id AND name = p.name ORDER BY version DESC LIMIT 1) v
      WHERE v.policy ->> 'maxDailyTasks' IS NOT NULL
    ), today AS MATERIALIZED (
      SELECT b.tenant_id, b.name, b.bound, b.day, c.workflow, sum(c.delta)::bigint AS taken
      FROM bounded b JOIN counters c ON c.tenant_id = b.tenant_id AND c.kind = 'day' AND c.subject = b.day
      GROUP BY b.tenant_id, b.name, b.bound, b.day, c.workflow HAVING sum(c.delta) >= $1::numeric * b.bound
    )
    SELECT t.tenant_id AS "tenantId", t.workflow, t.name AS policy, t.bound, t.taken, t.day
    FROM today t CROSS JOIN LATERAL (SELECT definition #>> '{policy,name}' AS policy FROM workflow_versions
      WHERE tenant_id = t.tenant_id AND key = t.workflow ORDER BY version DESC LIMIT 1) w
    WHERE w.policy = t.name
    ORDER BY t.taken DESC, t.tenant_id, t.workflow LIMIT ${MOST_FOUND}`,
}

/** Workflows that have taken in this share of what their policy allows today. */
export const findFillingDays = (query: Query, share: number): Promise<FillingDay[]> =>
  query<FillingDay>(SELECT, [share])
