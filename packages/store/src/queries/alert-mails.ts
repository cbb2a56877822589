import type { AlertView } from '@stageline/engine/ports'
import type { Query } from '../database.ts'
import { ALERT_COLUMNS } from './alerts.ts'

/** One that nobody could be told of within a day is old: it stands in the list. */
const TAKE = {
  name: 'take-alert-mails',
  text: `WITH due AS (
      SELECT tenant_id, id FROM alerts
      WHERE tenant_id = $1 AND mailed_at IS NULL AND acknowledged_at IS NULL AND level = ANY ($2::text[])
        AND mail_at <= (SELECT stageline_now()) AND first_at > (SELECT stageline_now()) - interval '1 day'
      ORDER BY mail_at LIMIT $3 FOR UPDATE SKIP LOCKED
    ), taken AS (
      UPDATE alerts a SET mail_tries = a.mail_tries + 1,
        mail_at = (SELECT stageline_now()) + least(interval '30 seconds' * 2 ^ a.mail_tries, interval '1 hour')
      FROM due d WHERE a.tenant_id = d.tenant_id AND a.id = d.id RETURNING a.*
    ) SELECT ${ALERT_COLUMNS} FROM taken ORDER BY id`,
}

export const takeAlertMails = (
  query: Query,
  tenantId: string,
  levels: readonly string[],
  limit: number,
): Promise<AlertView[]> => query<AlertView>(TAKE, [tenantId, levels, limit])

const SENT = {
  name: 'note-alert-mails',
  text: `UPDATE alerts SET mailed_at = (SELECT stageline_now()) WHERE tenant_id = $1 AND id = ANY ($2::uuid[])`,
}

export async function noteAlertMails(query: Query, tenantId: string, ids: readonly string[]): Promise<void> {
  await query(SENT, [tenantId, ids])
}
