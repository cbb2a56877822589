import { EXAMPLE } from '../routes/example-ids.ts'
import { exampleEntry, EXAMPLE_WEBHOOK } from '../routes/webhooks/examples.ts'
import { TENANT, type FakeWorld } from './fake-world.ts'

export async function addExampleWebhook({ webhooks, now }: FakeWorld): Promise<void> {
  const { webhook: id, delivery } = EXAMPLE
  await webhooks.add(TENANT, { id, settings: EXAMPLE_WEBHOOK, secret: 'whsec_c2VjcmV0', actor: 'x' })
  const entry = exampleEntry(now.toISOString())
  const about = { tenantId: TENANT, id: delivery, webhookId: id, type: 'job.step', cause: 'event', entry }
  const attempt = { at: entry.at, status: 503, durationMs: 41, answer: 'Come later', error: null }
  await webhooks.send(TENANT, { ...about, state: 'failed', attempts: [attempt] })
}
