import type { DeliveryFilter, DeliveryView, NewDelivery, NewWebhook, ReplayRange } from '../ports/index.ts'
import type { WebhookChange, WebhookStore, WebhookView } from '../ports/index.ts'

/** Endpoints of one tenant in memory, and what is to be sent to them; nothing is sent. */
export class MemoryWebhooks implements WebhookStore {
  readonly #webhooks = new Map<string, WebhookView>()
  readonly #now: () => Date
  readonly secrets = new Map<string, string[]>()
  sent: DeliveryView[] = []

  constructor(now: () => Date) {
    this.#now = now
  }

  async add(_tenantId: string, { id, settings, secret, actor }: NewWebhook): Promise<WebhookView> {
    const at = this.#now().toISOString()
    const made = { createdAt: at, updatedAt: at, updatedBy: actor }
    this.secrets.set(id, [secret])
    this.#webhooks.set(id, { id, settings, version: 1, offReason: null, failingSince: null, ...made })
    return this.#webhooks.get(id)!
  }

  async get(_tenantId: string, id: string): Promise<WebhookView | undefined> {
    return this.#webhooks.get(id)
  }

  async list(): Promise<WebhookView[]> {
    return [...this.#webhooks.values()]
  }

  async change(_tenantId: string, { id, settings, actor, ifVersion }: WebhookChange): Promise<WebhookView | 'changed'> {
    const known = this.#webhooks.get(id)
    if (known?.version !== ifVersion) return 'changed'
    const offReason = settings.enabled ? null : known.offReason
    const about = { version: ifVersion + 1, updatedAt: this.#now().toISOString(), updatedBy: actor, offReason }
    const changed = { ...known, settings, ...about }
    this.#webhooks.set(id, changed)
    return changed
  }

  async remove(_tenantId: string, id: string, ifVersion: number | null) {
    const known = this.#webhooks.get(id)
    if (!known) return 'unknown' as const
    if (ifVersion !== null && ifVersion !== known.version) return 'conflict' as const
    this.#webhooks.delete(id)
    this.sent = this.sent.filter(({ webhookId }) => webhookId !== id)
    return 'removed' as const
  }

  async renewSecret(tenantId: string, id: string, secret: string, actor: string): Promise<WebhookView | undefined> {
    const known = this.#webhooks.get(id)
    if (!known) return undefined
    this.secrets.set(id, [secret, ...(this.secrets.get(id) ?? [])])
    await this.change(tenantId, { id, settings: known.settings, actor, ifVersion: known.version })
    return this.#webhooks.get(id)
  }

  async deliveries(_tenantId: string, id: string, { state }: DeliveryFilter) {
    const items = this.sent.filter((one) => one.webhookId === id && (state === undefined || one.state === state))
    return { items, next: null }
  }

  async delivery(_tenantId: string, id: string, deliveryId: string): Promise<DeliveryView | undefined> {
    return this.sent.find((one) => one.webhookId === id && one.id === deliveryId)
  }

  async replay(tenantId: string, id: string, deliveryId: string): Promise<DeliveryView | undefined> {
    const known = await this.delivery(tenantId, id, deliveryId)
    return known && Object.assign(known, this.#again())
  }

  async replayAll(_tenantId: string, id: string, { from, to, state, limit }: ReplayRange) {
    const fits = (one: DeliveryView) =>
      one.webhookId === id && one.entry.at >= from && one.entry.at < to && (state === null || one.state === state)
    const chosen = this.sent.filter((one) => one.state !== 'waiting' && fits(one)).slice(0, limit)
    for (const one of chosen) Object.assign(one, this.#again())
    return { replayed: chosen.length, until: chosen.at(-1)?.entry.at ?? null }
  }

  async send(_tenantId: string, { tenantId: _owner, ...delivery }: NewDelivery): Promise<DeliveryView> {
    const at = this.#now().toISOString()
    const sent = { ...delivery, tries: 0, nextTryAt: at, createdAt: at, finishedAt: null }
    this.sent.push(sent)
    return sent
  }

  #again = () => ({ state: 'waiting', tries: 0, nextTryAt: this.#now().toISOString(), finishedAt: null })
}
