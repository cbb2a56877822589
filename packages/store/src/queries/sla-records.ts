import type { Page, PageRequest, SlaFigures, SlaFilter, SlaRecordView } from '@stageline/engine/ports'
import type { Database } from '../database.ts'
import { readCursor, toPage } from '../page-cursor.ts'

const IS_AT_RISK = `(state = 'running' AND (SELECT stageline_now()) >= deadline - limit_ms * (1 - at_risk_share) * interval '1 ms')`

const LIST = {
  name: 'list-sla-records',
  text: `SELECT task_id AS id, config_id AS "configId", task_type AS "taskType", service_area AS "serviceArea", workflow, state,
      ${IS_AT_RISK} AS "isAtRisk", limit_ms AS "limitMs", started_at AS "startedAt", deadline, paused_at AS "pausedAt",
      paused_ms AS "pausedMs", stopped_at AS "stoppedAt", breached_at AS "breachedAt"
    FROM sla_records
    WHERE tenant_id = $1 AND ($2::uuid IS NULL OR task_id < $2)
      AND ($3::text IS NULL OR CASE $3 WHEN 'at_risk' THEN ${IS_AT_RISK} ELSE state = $3 END)
      AND ($4::text IS NULL OR task_type = $4) AND ($5::text IS NULL OR service_area = $5)
    ORDER BY task_id DESC LIMIT $6`,
}

export async function listSlaRecords(
  db: Database,
  tenantId: string,
  filter: SlaFilter,
  page: PageRequest,
): Promise<Page<SlaRecordView>> {
  const after = readCursor(page, filter) ?? null
  const { state = null, taskType = null, serviceArea = null } = filter
  const values = [tenantId, after, state, taskType, serviceArea, page.limit + 1]
  return toPage(await db.query<SlaRecordView>(tenantId, LIST, values), page.limit, filter)
}

const NOW = {
  name: 'sla-figures-now',
  text: `SELECT count(*) FILTER (WHERE state = 'running') AS running, count(*) FILTER (WHERE ${IS_AT_RISK}) AS "atRisk",
      count(*) FILTER (WHERE state = 'paused') AS paused
    FROM sla_records WHERE tenant_id = $1 AND state IN ('running', 'paused')`,
}

/** Weeks begin on Monday, UTC; this week is the first of so many. */
const WEEKS = {
  name: 'sla-figures-weeks',
  text: `SELECT date_trunc('week', coalesce(breached_at, stopped_at) AT TIME ZONE 'UTC')::date::text AS week, task_type AS "taskType",
      service_area AS "serviceArea", count(*) FILTER (WHERE state = 'met') AS met, count(*) FILTER (WHERE state = 'breached') AS breached
    FROM sla_records
    WHERE tenant_id = $1 AND state IN ('met', 'breached') AND coalesce(breached_at, stopped_at) >=
      (date_trunc('week', (SELECT stageline_now()) AT TIME ZONE 'UTC') - ($2::integer - 1) * interval '1 week') AT TIME ZONE 'UTC'
    GROUP BY 1, 2, 3 ORDER BY 1 DESC, 2, 3`,
}

export async function selectSlaFigures(db: Database, tenantId: string, weeks: number): Promise<SlaFigures> {
  return db.transaction(tenantId, async (query) => {
    const [now] = await query<SlaFigures['now']>(NOW, [tenantId])
    return { now: now!, weeks: await query<SlaFigures['weeks'][number]>(WEEKS, [tenantId, weeks]) }
  })
}
