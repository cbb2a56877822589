import type { Page, PageRequest, SlaFigures, SlaFilter, SlaRecordView } from '@stageline/engine/ports'
import type { Database } from '../database.ts'
import { readCursor, toPage } from '../page-cursor.ts'

const IS_AT_RISK = `(state = 'running' AND (SELECT stageline_now()) >= at_risk_at)`

const LIST = {
  name: 'list-sla-records',
  text: `SELECT id, subject, task_id AS "taskId", job_id AS "jobId", step, stage, config_id AS "configId", task_type AS "taskType", service_area AS "serviceArea", workflow, state,
      ${IS_AT_RISK} AS "isAtRisk", limit_ms AS "limitMs", started_at AS "startedAt", deadline, paused_at AS "pausedAt",
      paused_ms AS "pausedMs", stopped_at AS "stoppedAt", breached_at AS "breachedAt"
    FROM sla_clocks
    WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2)
      AND ($3::text IS NULL OR CASE $3 WHEN 'at_risk' THEN ${IS_AT_RISK} ELSE state = $3 END)
      AND ($4::text IS NULL OR task_type = $4) AND ($5::text IS NULL OR service_area = $5)
      AND ($6::text IS NULL OR subject = $6) AND ($7::text IS NULL OR workflow = $7) AND ($8::text IS NULL OR stage = $8)
    ORDER BY id DESC LIMIT $9`,
}

export async function listSlaRecords(
  db: Database,
  tenantId: string,
  filter: SlaFilter,
  page: PageRequest,
): Promise<Page<SlaRecordView>> {
  const after = readCursor(page, filter) ?? null
  const { state = null, taskType = null, serviceArea = null, workflow = null, stage = null } = filter
  const { subject = stage === null ? null : 'stage' } = filter
  const values = [tenantId, after, state, taskType, serviceArea, subject, workflow, stage, page.limit + 1]
  return toPage(await db.query<SlaRecordView>(tenantId, LIST, values), page.limit, filter)
}

/** Tasks are few; jobs and stages are counted as they change. Without a name: planned for the moment that is asked for. */
const NOW = {
  text: `SELECT t.running + j.running AS running, t.at_risk + (SELECT count(*) FROM job_sla_records
        WHERE tenant_id = $1 AND state = 'running' AND at_risk_at <= $2) AS "atRisk", t.paused + j.paused AS paused
    FROM (SELECT count(*) FILTER (WHERE state = 'running') AS running, count(*) FILTER (WHERE ${IS_AT_RISK}) AS at_risk,
        count(*) FILTER (WHERE state = 'paused') AS paused
      FROM sla_clocks WHERE tenant_id = $1 AND subject = 'task' AND state IN ('running', 'paused')) t,
    (SELECT coalesce(sum(delta) FILTER (WHERE state = 'running'), 0)::bigint AS running,
        coalesce(sum(delta) FILTER (WHERE state = 'paused'), 0)::bigint AS paused
      FROM counters WHERE tenant_id = $1 AND kind = 'sla') j`,
}

/** Weeks begin on Monday, UTC; this week is the first of so many. */
const WEEKS = {
  name: 'sla-figures-weeks',
  text: `WITH since AS (
      SELECT date_trunc('week', (SELECT stageline_now()) AT TIME ZONE 'UTC') - ($2::integer - 1) * interval '1 week' AS monday
    ) SELECT date_trunc('week', coalesce(breached_at, stopped_at) AT TIME ZONE 'UTC')::date::text AS week, 'task' AS subject,
      task_type AS "taskType", service_area AS "serviceArea", NULL AS workflow, NULL AS stage,
      count(*) FILTER (WHERE state = 'met') AS met, count(*) FILTER (WHERE state = 'breached') AS breached
    FROM sla_records
    WHERE tenant_id = $1 AND state IN ('met', 'breached')
      AND coalesce(breached_at, stopped_at) >= (SELECT monday FROM since) AT TIME ZONE 'UTC'
    GROUP BY 1, 2, 3, 4
    UNION ALL SELECT left(c.subject, 10), CASE length(c.subject) WHEN 11 THEN 'job' ELSE 'stage' END, NULL, NULL,
      c.workflow, nullif(substr(c.subject, 12), ''), coalesce(sum(c.delta) FILTER (WHERE c.state = 'met'), 0)::bigint,
      coalesce(sum(c.delta) FILTER (WHERE c.state = 'breached'), 0)::bigint
    FROM counters c WHERE c.tenant_id = $1 AND c.kind = 'sla_week' AND c.subject >= (SELECT to_char(monday, 'YYYY-MM-DD') FROM since)
    GROUP BY c.subject, c.workflow
    ORDER BY 1 DESC, 2 DESC, 3, 4, 5, 6`,
}

export async function selectSlaFigures(db: Database, tenantId: string, weeks: number): Promise<SlaFigures> {
  return db.transaction(tenantId, async (query) => {
    const [now] = await query<SlaFigures['now']>(NOW, [tenantId, db.now()])
    return { now: now!, weeks: await query<SlaFigures['weeks'][number]>(WEEKS, [tenantId, weeks]) }
  })
}
