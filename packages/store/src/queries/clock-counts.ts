/**
 * Counts clocks of jobs and stages as `deltas` says (tenant, workflow, stage, state, delta): open ones as they stand now
 * (kind `sla`, the stage as subject), ended ones by week (`sla_week`: the Monday, UTC, a slash, and the stage).
 */
export const clocksCounted = (
  deltas: string,
): string => `INSERT INTO counters (tenant_id, kind, workflow, subject, state, delta)
    SELECT tenant_id, kind, workflow, CASE kind WHEN 'sla' THEN '' ELSE ${THIS_WEEK} || '/' END || coalesce(stage, ''), state, sum(delta)
    FROM (SELECT *, CASE WHEN state IN ('running', 'paused') THEN 'sla' ELSE 'sla_week' END AS kind FROM ${deltas}) d
    WHERE state <> 'cancelled' GROUP BY 1, 2, 3, 4, 5 HAVING sum(delta) <> 0`

const THIS_WEEK = `to_char(date_trunc('week', (SELECT stageline_now()) AT TIME ZONE 'UTC'), 'YYYY-MM-DD')`
