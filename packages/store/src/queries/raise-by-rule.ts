import { newId } from '@stageline/domain'
import type { RuleAlert } from '@stageline/engine/ports'
import type { Query } from '../database.ts'

/** Alerts of a tenant among which one that was acknowledged is looked for, the newest. */
const LATEST = 1_000

const RAISE = {
  name: 'raise-by-rule',
  text: `WITH quiet AS (
      SELECT (SELECT stageline_now()) - $10 * interval '1 ms' AS since
    ), latest AS MATERIALIZED (
      SELECT same_as, acknowledged_at FROM alerts WHERE tenant_id = $1 ORDER BY id DESC LIMIT ${LATEST}
    ), raised AS (
      INSERT INTO alerts AS a (tenant_id, id, same_as, level, title, detail, raised_by, subject, subject_id)
      SELECT $1, $2::uuid, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::uuid FROM quiet q
      WHERE NOT EXISTS (SELECT FROM latest l WHERE l.same_as = $3::text AND l.acknowledged_at > q.since)
      ON CONFLICT (tenant_id, same_as) WHERE acknowledged_at IS NULL DO UPDATE SET count = a.count + 1,
        last_at = (SELECT stageline_now()), level = excluded.level, title = excluded.title, detail = excluded.detail,
        subject = excluded.subject, subject_id = excluded.subject_id
        WHERE a.last_at <= (SELECT since FROM quiet)
      RETURNING 1
    ) SELECT count(*) AS raised FROM raised`,
}

/** Unless an equal one is fresh, or was acknowledged not long ago. */
export async function raiseByRule(query: Query, alert: RuleAlert): Promise<number> {
  const { tenantId, sameAs, level, title, detail, raisedBy, subject, subjectId, quietMs } = alert
  const values = [tenantId, newId(), sameAs, level, title, detail, raisedBy, subject, subjectId, quietMs]
  const [row] = await query<{ raised: number }>(RAISE, values)
  return row?.raised ?? 0
}
