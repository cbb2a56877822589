import { compileWebhook, toFailure, type NameFor, type TriggerEntry } from '@stageline/domain'
import type { LiveWebhook, NewDelivery, ReadEntry } from '../ports/index.ts'
import { derivedId } from '../trigger/derived-id.ts'

/**
 * What of these entries goes to which endpoint, each of its own tenant. Where a filter fails there is a delivery that has
 * failed: it is said in the log of that endpoint and holds up nothing else.
 */
export function matchWebhooks(entries: readonly ReadEntry[], webhooks: readonly LiveWebhook[]): NewDelivery[] {
  const byTenant = Map.groupBy(webhooks.map(ready), ({ webhook }) => webhook.tenantId)
  return entries.flatMap(({ tenantId, entry }) =>
    (byTenant.get(tenantId) ?? []).flatMap(({ webhook, nameFor }) => {
      if (new Date(entry.at) < new Date(webhook.since)) return []
      return deliveryOf(entry, webhook, nameFor) ?? []
    }),
  )
}

const ready = (webhook: LiveWebhook) => ({ webhook, nameFor: compileWebhook(webhook.settings) })

function deliveryOf(entry: TriggerEntry, { tenantId, id }: LiveWebhook, nameFor: NameFor): NewDelivery | undefined {
  const about = { tenantId, id: deliveryId(id, entry, 'event'), webhookId: id, cause: 'event', entry }
  try {
    const type = nameFor(entry)
    return type === undefined ? undefined : { ...about, type, state: 'waiting', attempts: [] }
  } catch (thrown) {
    const error = { code: 'webhook.predicate', message: toFailure(thrown).message }
    const attempt = { at: entry.at, status: null, durationMs: 0, answer: null, error }
    return { ...about, type: `${entry.subject}.${entry.event}`, state: 'failed', attempts: [attempt] }
  }
}

/** The same for whoever notes that this entry goes to this endpoint. */
const deliveryId = (webhookId: string, { at, subjectId, seq }: TriggerEntry, cause: string): string =>
  derivedId(at, `${webhookId} ${subjectId} ${seq} ${cause}`)
