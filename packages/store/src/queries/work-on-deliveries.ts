import { newId } from '@stageline/domain'
import type { DeliveryAttempt, DeliveryQueue, Endpoint, TakenDelivery, WebhookOffReason } from '@stageline/engine/ports'
import type { Query } from '../database.ts'

const DUE = {
  name: 'due-webhooks',
  steady: true,
  text: `SELECT w.tenant_id AS "tenantId", w.id FROM webhooks w
    WHERE NOT w.id = ANY ($1::uuid[]) AND EXISTS (
      SELECT FROM deliveries d WHERE d.tenant_id = w.tenant_id AND d.webhook_id = w.id AND d.state = 'waiting'
        AND d.try_at <= (SELECT stageline_now()) AND (w.enabled OR d.cause = 'test'))
    LIMIT $2`,
}

export const dueWebhooks = (query: Query, except: readonly string[], limit: number): Promise<Endpoint[]> =>
  query<Endpoint>(DUE, [except, limit])

/** What a test of an endpoint sends is sent also while it is out of use: that is how one sees that it is well again. */
const TAKE = {
  name: 'take-deliveries',
  text: `WITH due AS (
      SELECT d.tenant_id, d.id FROM deliveries d JOIN webhooks w ON w.tenant_id = d.tenant_id AND w.id = d.webhook_id
      WHERE d.tenant_id = $1 AND d.webhook_id = $2 AND d.state = 'waiting' AND d.try_at <= (SELECT stageline_now())
        AND (w.enabled OR d.cause = 'test')
        AND NOT EXISTS (
          SELECT FROM deliveries e WHERE e.tenant_id = $1 AND e.webhook_id = $2 AND e.subject_id = d.subject_id
            AND e.state = 'waiting' AND e.seq < d.seq)
      ORDER BY d.try_at, d.id LIMIT $3 FOR UPDATE OF d SKIP LOCKED
    )
    UPDATE deliveries d SET tries = d.tries + 1, fence = d.fence + 1,
      try_at = (SELECT stageline_now()) + $4 * interval '1 ms'
    FROM due, webhooks w
    WHERE d.tenant_id = due.tenant_id AND d.id = due.id AND w.tenant_id = d.tenant_id AND w.id = d.webhook_id
    RETURNING d.tenant_id AS "tenantId", d.id, d.webhook_id AS "webhookId", d.type, d.entry, d.tries, d.fence,
      (SELECT stageline_now()) AS at, w.definition AS settings,
      array_remove(ARRAY[w.secret, CASE WHEN w.previous_until > (SELECT stageline_now()) THEN w.previous_secret END], NULL)
        AS secrets`,
}

export const takeDeliveries = (
  query: Query,
  { tenantId, id }: Endpoint,
  limit: number,
  leaseMs: number,
): Promise<TakenDelivery[]> => query<TakenDelivery>(TAKE, [tenantId, id, limit, leaseMs])

/** The last twenty tries are kept. */
const THIS = `tenant_id = $1 AND id = $2 AND fence = $3 AND state = 'waiting'`
const TRIED = `attempts = (CASE WHEN jsonb_array_length(attempts) < 20 THEN attempts ELSE attempts - 0 END) || $4::jsonb`
const RETURNED = 'RETURNING tenant_id, webhook_id, subject_id, seq, try_at'
/** What comes after it of the same subject waits for as long as it does. */
const nextTo = (ended: string, tryAt: string): string => `UPDATE deliveries d SET try_at = ${tryAt} FROM ${ended} e
  WHERE d.tenant_id = e.tenant_id AND d.webhook_id = e.webhook_id AND d.subject_id = e.subject_id AND d.state = 'waiting'
    AND d.seq > e.seq`

const about = ({ tenantId, id, fence }: TakenDelivery, attempt: DeliveryAttempt): unknown[] => [
  tenantId,
  id,
  fence,
  JSON.stringify([attempt]),
]

const DELIVERED = {
  name: 'end-delivery-delivered',
  text: `WITH ended AS (
      UPDATE deliveries SET state = 'delivered', ${TRIED}, finished_at = (SELECT stageline_now()) WHERE ${THIS} ${RETURNED}
    ), freed AS (${nextTo('ended', '(SELECT stageline_now())')} AND d.try_at > (SELECT stageline_now()))
    UPDATE webhooks w SET failing_since = NULL FROM ended e
    WHERE w.tenant_id = e.tenant_id AND w.id = e.webhook_id AND w.failing_since IS NOT NULL`,
}

export async function noteDelivered(query: Query, taken: TakenDelivery, attempt: DeliveryAttempt): Promise<void> {
  await query(DELIVERED, about(taken, attempt))
}

/** What failed together is not tried again all at once. */
const LATER = `(SELECT stageline_now()) + $5 * interval '1 ms' * (1 + random() * 0.1)`
const RETRIED = {
  name: 'give-back-delivery',
  text: `WITH ended AS (UPDATE deliveries SET ${TRIED}, try_at = ${LATER} WHERE ${THIS} ${RETURNED}
    ), held AS (${nextTo('ended', 'e.try_at')} AND d.try_at < e.try_at)
    SELECT count(*) AS ended FROM ended`,
}
const GIVEN_UP = {
  name: 'end-delivery-failed',
  text: `WITH ended AS (
      UPDATE deliveries SET state = 'failed', ${TRIED}, finished_at = (SELECT stageline_now()) WHERE ${THIS} ${RETURNED}
    ), freed AS (${nextTo('ended', '(SELECT stageline_now())')} AND d.try_at > (SELECT stageline_now()))
    SELECT count(*) AS ended FROM ended`,
}
const FAILING = {
  name: 'webhook-fails',
  text: `UPDATE webhooks SET failing_since = (SELECT stageline_now())
    WHERE tenant_id = $1 AND id = $2 AND failing_since IS NULL`,
}
/** With an alert in the same commit; equal ones are one until somebody has seen it. */
const SWITCH_OFF = {
  name: 'switch-webhook-off',
  text: `WITH off AS (
      UPDATE webhooks SET enabled = false, definition = jsonb_set(definition, '{enabled}', 'false'), off_reason = $3::text,
        version = version + 1, updated_by = 'stageline', updated_at = (SELECT stageline_now())
      WHERE tenant_id = $1 AND id = $2 AND enabled
        AND ($3::text = 'gone' OR failing_since < (SELECT stageline_now()) - interval '3 days')
      RETURNING id, definition ->> 'name' AS name
    )
    INSERT INTO alerts AS a (tenant_id, id, same_as, level, title, detail, raised_by, subject, subject_id)
    SELECT $1, $4::uuid, 'webhook ' || id, 'critical', left('Webhook switched off: ' || name, 200), $5::text, 'webhooks',
      'webhook', id FROM off
    ON CONFLICT (tenant_id, same_as) WHERE acknowledged_at IS NULL DO UPDATE SET count = a.count + 1,
      last_at = (SELECT stageline_now()), detail = excluded.detail`,
}
const WHY: Record<WebhookOffReason, string> = {
  gone: 'It answered 410 Gone. Correct its address, or remove it.',
  failing:
    'For three days nothing has got through. See its deliveries; what waits is sent when it is put to use again.',
}

/** In one transaction. */
export async function noteFailed(
  query: Query,
  taken: TakenDelivery,
  attempt: DeliveryAttempt,
  { afterMs, isGone }: Parameters<DeliveryQueue['failed']>[2],
): Promise<void> {
  const [row] =
    afterMs === null
      ? await query<{ ended: number }>(GIVEN_UP, about(taken, attempt))
      : await query<{ ended: number }>(RETRIED, [...about(taken, attempt), afterMs])
  if (row?.ended !== 1) return
  const endpoint = [taken.tenantId, taken.webhookId]
  await query(FAILING, endpoint)
  const reason = isGone ? 'gone' : 'failing'
  await query(SWITCH_OFF, [...endpoint, reason, newId(), WHY[reason]])
}

const FORGET = {
  text: `WITH old AS (
      SELECT tenant_id, id FROM deliveries
      WHERE finished_at < (SELECT stageline_now()) - interval '30 days' ORDER BY finished_at LIMIT $1 FOR UPDATE SKIP LOCKED
    ), gone AS (
      DELETE FROM deliveries d USING old o WHERE d.tenant_id = o.tenant_id AND d.id = o.id RETURNING 1
    ) SELECT count(*) AS gone FROM gone`,
}

export async function forgetDeliveries(query: Query, limit: number): Promise<number> {
  const [row] = await query<{ gone: number }>(FORGET, [limit])
  return row?.gone ?? 0
}
