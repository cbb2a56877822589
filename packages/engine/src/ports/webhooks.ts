import type { TriggerEntry, WebhookSettings } from '@stageline/domain'
import type { Page, PageRequest } from './record.ts'
import type { ReadEntry, TriggerStream } from './triggers.ts'

/** Endpoints outside as people make them. Every call is for one tenant and sees no other's rows. */
export interface WebhookStore {
  add(tenantId: string, webhook: NewWebhook): Promise<WebhookView>
  get(tenantId: string, id: string): Promise<WebhookView | undefined>
  /** In the order of their making. */
  list(tenantId: string): Promise<WebhookView[]>
  change(tenantId: string, change: WebhookChange): Promise<WebhookView | 'changed'>
  /** Its log goes with it. */
  remove(tenantId: string, id: string, ifVersion: number | null): Promise<'removed' | 'unknown' | 'conflict'>
  /** The old secret is signed with, too, for a day. */
  renewSecret(tenantId: string, id: string, secret: string, actor: string): Promise<WebhookView | undefined>
  /** Newest entry first. */
  deliveries(tenantId: string, id: string, filter: DeliveryFilter, page: PageRequest): Promise<Page<DeliveryView>>
  delivery(tenantId: string, id: string, deliveryId: string): Promise<DeliveryView | undefined>
  /** To be sent again under the same id, as if for the first time. */
  replay(tenantId: string, id: string, deliveryId: string): Promise<DeliveryView | undefined>
  /** Likewise the oldest of those whose entries are from this time; `until` is the time of the last of them. */
  replayAll(tenantId: string, id: string, range: ReplayRange): Promise<{ replayed: number; until: string | null }>
  /** Something to be sent beside what happens. */
  send(tenantId: string, delivery: NewDelivery): Promise<DeliveryView>
}

export type NewWebhook = { id: string; settings: WebhookSettings; secret: string; actor: string }
export type WebhookChange = { id: string; settings: WebhookSettings; actor: string; ifVersion: number }

export const WEBHOOK_OFF_REASONS = ['gone', 'failing'] as const
/** Why it was put out of use by itself: it answered 410, or nothing has got through for days. */
export type WebhookOffReason = (typeof WEBHOOK_OFF_REASONS)[number]

export type WebhookView = {
  id: string
  settings: WebhookSettings
  version: number
  offReason: WebhookOffReason | null
  failingSince: string | null
  createdAt: string
  updatedAt: string
  updatedBy: string
}

export const DELIVERY_STATES = ['waiting', 'delivered', 'failed'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]
export type DeliveryFilter = { state?: DeliveryState }
export type ReplayRange = { from: string; to: string; state: DeliveryState | null; limit: number }

/** One try. Without a `status` nobody answered. */
export type DeliveryAttempt = {
  at: string
  status: number | null
  durationMs: number
  /** The beginning of what was answered. */
  answer: string | null
  error: { code: string; message: string } | null
}

export type DeliveryView = {
  id: string
  webhookId: string
  type: string
  /** `event`, `test`, or the trigger that sends it, as `trigger:key`. */
  cause: string
  entry: TriggerEntry
  state: DeliveryState
  tries: number
  /** The last ones, oldest first, of earlier replays too. */
  attempts: readonly DeliveryAttempt[]
  nextTryAt: string | null
  createdAt: string
  finishedAt: string | null
}

export type NewDelivery = {
  tenantId: string
  id: string
  webhookId: string
  type: string
  cause: string
  entry: TriggerEntry
  state: 'waiting' | 'failed'
  attempts: readonly DeliveryAttempt[]
}

export type LiveWebhook = { tenantId: string; id: string; since: string; settings: WebhookSettings }
export type Endpoint = { tenantId: string; id: string }
export type TakenDelivery = Pick<NewDelivery, 'tenantId' | 'id' | 'webhookId' | 'type' | 'entry'> & {
  settings: WebhookSettings
  /** The newest first; each signs. */
  secrets: readonly string[]
  tries: number
  fence: number
  /** When it was taken, by the clock of the record. */
  at: string
}

export type WebhookMessage = { url: string; secrets: readonly string[]; id: string; at: Date; body: string }
/** What came back; `retryAfterMs` is what the receiver asks for. */
export type WebhookAnswer = { status: number; beginning: string; retryAfterMs?: number | undefined }

/** What is sent, as orchestrators work on it. */
export interface DeliveryQueue {
  /** As `TriggerQueue.read`, with a place of its own in the histories. */
  read(
    stream: TriggerStream,
    limit: number,
    match: (entries: readonly ReadEntry[], webhooks: readonly LiveWebhook[]) => NewDelivery[],
  ): Promise<{ read: number; noted: number }>
  /** One more beside those that are read, for an endpoint of its tenant; the second time nothing. */
  note(delivery: NewDelivery): Promise<'noted' | 'unknown'>
  /** Endpoints in use for which something is due, except these. */
  due(except: readonly string[], limit: number): Promise<Endpoint[]>
  /** So many at most for one of them, for so long; of each subject only the first that is not delivered yet. */
  take(endpoint: Endpoint, limit: number, leaseMs: number): Promise<TakenDelivery[]>
  delivered(delivery: TakenDelivery, attempt: DeliveryAttempt): Promise<void>
  /**
   * To be tried again after the time, or never where it is null. An endpoint that is gone, or that has let nothing through
   * for three days, is put out of use with an alert in the same commit.
   */
  failed(
    delivery: TakenDelivery,
    attempt: DeliveryAttempt,
    next: { afterMs: number | null; isGone: boolean },
  ): Promise<void>
  /** Drops the log of what ended long ago. */
  forget(limit: number): Promise<number>
}
