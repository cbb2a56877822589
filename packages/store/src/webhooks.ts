import type { DeliveryQueue, WebhookStore } from '@stageline/engine/ports'
import type { Database } from './database.ts'
import { listDeliveries, replayDeliveries, replayDelivery, selectDelivery } from './queries/deliveries.ts'
import { noteDelivery, readWebhookEntries } from './queries/read-webhook-entries.ts'
import {
  addWebhook,
  changeWebhook,
  listWebhooks,
  removeWebhook,
  renewSecret,
  selectWebhook,
} from './queries/webhooks.ts'
import {
  dueWebhooks,
  forgetDeliveries,
  noteDelivered,
  noteFailed,
  takeDeliveries,
} from './queries/work-on-deliveries.ts'
import { isDue } from './what-is-due.ts'

/** The endpoints of tenants, for the gateway. It writes their secrets and cannot read them. */
export const createWebhookStore = (db: Database): WebhookStore => ({
  add: (tenantId, webhook) => addWebhook(db, tenantId, webhook),
  get: (tenantId, id) => selectWebhook(db, tenantId, id),
  list: (tenantId) => listWebhooks(db, tenantId),
  change: (tenantId, change) => changeWebhook(db, tenantId, change),
  remove: (tenantId, id, ifVersion) => removeWebhook(db, tenantId, id, ifVersion),
  renewSecret: (tenantId, id, secret, actor) => renewSecret(db, tenantId, id, secret, actor),
  deliveries: (tenantId, id, { state }, page) => listDeliveries(db, tenantId, id, { state: state ?? null, page }),
  delivery: (tenantId, id, deliveryId) => selectDelivery(db, tenantId, id, deliveryId),
  replay: (tenantId, id, deliveryId) => replayDelivery(db, tenantId, id, deliveryId),
  replayAll: (tenantId, id, range) => replayDeliveries(db, tenantId, id, range),
  send: async (tenantId, delivery) => {
    await db.transaction(tenantId, (query) => noteDelivery(query, delivery))
    return (await selectDelivery(db, tenantId, delivery.webhookId, delivery.id))!
  },
})

/** What is sent to them, for orchestrators. */
export const createDeliveryQueue = (db: Database): DeliveryQueue => ({
  read: async (stream, limit, match) =>
    (await isDue(db, `webhook_cursors of ${stream}`))
      ? db.transaction(null, (query) => readWebhookEntries(query, stream, limit, match))
      : { read: 0, noted: 0 },
  note: (delivery) => db.transaction(null, (query) => noteDelivery(query, delivery)),
  due: async (except, limit) => ((await isDue(db, 'deliveries')) ? dueWebhooks(db.anonymous, except, limit) : []),
  take: (endpoint, limit, leaseMs) => takeDeliveries(db.anonymous, endpoint, limit, leaseMs),
  delivered: (delivery, attempt) => noteDelivered(db.anonymous, delivery, attempt),
  failed: (delivery, attempt, next) => db.transaction(null, (query) => noteFailed(query, delivery, attempt, next)),
  forget: (limit) => forgetDeliveries(db.anonymous, limit),
})
