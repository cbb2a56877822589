import { eventsBehind } from '@stageline/domain'
import type { DeliveryQueue, LiveWebhook, NewDelivery, TriggerStream } from '@stageline/engine/ports'
import type { Query } from '../database.ts'
import { readEntries } from './read-entries.ts'
import { parameters } from './write-columns.ts'

const LIVE = {
  name: 'live-webhooks',
  text: 'SELECT tenant_id AS "tenantId", id, since, definition AS settings FROM webhooks WHERE enabled ORDER BY tenant_id, id',
}
/** One that is removed at this moment gets nothing more. */
const INSERT = {
  name: 'insert-deliveries',
  text: `WITH fresh AS (
      INSERT INTO deliveries (tenant_id, id, webhook_id, subject_id, seq, type, cause, entry, state, attempts, finished_at)
      SELECT n.*, CASE WHEN n.state <> 'waiting' THEN stageline_now() END
      FROM unnest(${parameters(1, 'uuid uuid uuid uuid integer text text jsonb text jsonb'.split(' '))})
        AS n(tenant_id, id, webhook_id, subject_id, seq, type, cause, entry, state, attempts)
      WHERE EXISTS (SELECT FROM webhooks w WHERE w.tenant_id = n.tenant_id AND w.id = n.webhook_id FOR KEY SHARE)
      ON CONFLICT (tenant_id, id) DO NOTHING RETURNING 1
    ) SELECT count(*) AS noted FROM fresh`,
}

export const readWebhookEntries = (
  query: Query,
  stream: TriggerStream,
  limit: number,
  match: Parameters<DeliveryQueue['read']>[2],
): Promise<{ read: number; noted: number }> =>
  readEntries(query, {
    cursors: 'webhook_cursors',
    stream,
    limit,
    listeners: async () =>
      (await query<LiveWebhook>(LIVE)).map((webhook) => ({ ...webhook, events: eventsBehind(webhook.settings.on) })),
    note: (entries, live) => insertDeliveries(query, match(entries, live)),
  })

async function insertDeliveries(query: Query, deliveries: readonly NewDelivery[]): Promise<number> {
  if (deliveries.length === 0) return 0
  const [row] = await query<{ noted: number }>(INSERT, [
    deliveries.map(({ tenantId }) => tenantId),
    deliveries.map(({ id }) => id),
    deliveries.map(({ webhookId }) => webhookId),
    deliveries.map(({ entry }) => entry.subjectId),
    deliveries.map(({ entry }) => entry.seq),
    deliveries.map(({ type }) => type),
    deliveries.map(({ cause }) => cause),
    deliveries.map(({ entry }) => JSON.stringify(entry)),
    deliveries.map(({ state }) => state),
    deliveries.map(({ attempts }) => JSON.stringify(attempts)),
  ])
  return row?.noted ?? 0
}

const KNOWN = {
  name: 'delivery-is-known',
  text: 'SELECT EXISTS (SELECT FROM deliveries WHERE tenant_id = $1 AND id = $2) AS known',
}

/** In one transaction. */
export async function noteDelivery(query: Query, delivery: NewDelivery): Promise<'noted' | 'unknown'> {
  if ((await insertDeliveries(query, [delivery])) === 1) return 'noted'
  const [row] = await query<{ known: boolean }>(KNOWN, [delivery.tenantId, delivery.id])
  return row?.known ? 'noted' : 'unknown'
}
