import { isId } from '@stageline/domain'
import type { AlertFilter, AlertView, Page, PageRequest } from '@stageline/engine/ports'
import type { Database } from '../database.ts'
import { readCursor, toPage } from '../page-cursor.ts'

export const ALERT_COLUMNS = `id, level, title, detail, raised_by AS "raisedBy", subject, subject_id AS "subjectId", count,
  first_at AS "firstAt", last_at AS "lastAt", acknowledged_at AS "acknowledgedAt", acknowledged_by AS "acknowledgedBy"`

const LIST = {
  name: 'list-alerts',
  text: `SELECT ${ALERT_COLUMNS} FROM alerts
    WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2) AND ($3::text IS NULL OR level = $3)
      AND ($4::text IS NULL OR (acknowledged_at IS NULL) = ($4 = 'open'))
    ORDER BY id DESC LIMIT $5`,
}

export async function listAlerts(
  db: Database,
  tenantId: string,
  filter: AlertFilter,
  page: PageRequest,
): Promise<Page<AlertView>> {
  const { level = null, state = null } = filter
  const values = [tenantId, readCursor(page, filter) ?? null, level, state, page.limit + 1]
  return toPage(await db.query<AlertView>(tenantId, LIST, values), page.limit, filter)
}

const ACKNOWLEDGE = {
  text: `UPDATE alerts SET acknowledged_by = coalesce(acknowledged_by, $3),
      acknowledged_at = coalesce(acknowledged_at, (SELECT stageline_now()))
    WHERE tenant_id = $1 AND id = $2 RETURNING ${ALERT_COLUMNS}`,
}

export async function acknowledgeAlert(
  db: Database,
  tenantId: string,
  id: string,
  actor: string,
): Promise<AlertView | undefined> {
  if (!isId(id)) return undefined
  return (await db.query<AlertView>(tenantId, ACKNOWLEDGE, [tenantId, id, actor]))[0]
}
