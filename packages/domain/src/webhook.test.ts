import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TriggerEntry } from './trigger.ts'
import { compileWebhook, eventsBehind, webhookBody, WebhookSettings } from './webhook.ts'

const entry: TriggerEntry = {
  subject: 'job',
  subjectId: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071',
  seq: 4,
  at: '2026-11-20T12:00:00.000Z',
  event: 'step',
  from: 'processing',
  to: 'suspended',
  actor: 'extraction',
  reason: null,
  data: null,
  code: 'extraction.empty',
  message: 'Nothing in <page 1>',
  jobId: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071',
  workflow: 'document',
  step: 'extraction',
  stage: 'extraction',
  businessKey: 'ACME-7',
  planId: null,
  taskType: null,
  cause: null,
  title: null,
  serviceArea: null,
  priority: 0.5,
  traceparent: null,
  correlationId: null,
}
const settings = (about: object) =>
  WebhookSettings.parse({ name: 'Mine', url: 'https://example.com/', on: ['job.*'], ...about })

test('an event is known outside by its own name, or by that which the endpoint asked for', () => {
  const moved = { ...entry, subject: 'task', event: 'moved', from: 'new', to: 'blocked' } as const
  const plan = { ...entry, subject: 'plan', event: 'moved', from: 'draft', to: 'active' } as const
  const named = (on: string[], about: TriggerEntry) => compileWebhook({ on })(about)

  assert.equal(named(['job.*'], entry), 'job.step')
  assert.equal(named(['task.*', 'TaskStateChanged'], moved), 'task.moved')
  assert.equal(named(['TaskStateChanged', 'task.*'], moved), 'TaskStateChanged')
  assert.equal(named(['TaskStateChanged'], { ...moved, from: 'blocked' }), undefined)
  assert.equal(named(['ActionPlanActivated'], plan), 'ActionPlanActivated')
  assert.equal(named(['ActionPlanArchived'], plan), undefined)
  assert.equal(named(['ActionPlanArchived'], { ...plan, to: 'archived' }), 'ActionPlanArchived')
  assert.equal(named([], entry), undefined)
  assert.deepEqual(eventsBehind(['job.step', 'TaskStateChanged']), ['job.step', 'task.*'])
})

test('a message holds the whole entry and is the same whenever it is made', () => {
  const body = webhookBody(settings({}), 'job.step', entry)

  assert.deepEqual(JSON.parse(body), { type: 'job.step', timestamp: entry.at, data: entry })
  assert.equal(webhookBody(settings({}), 'job.step', structuredClone(entry)), body)
})

test('Slack is told in one text what happened to what and by whom; values make no links', () => {
  const text = (about: object) =>
    (JSON.parse(webhookBody(settings({ format: 'slack', ...about }), 'job.step', entry)) as { text: string }).text

  assert.equal(
    text({}),
    '*job.step* job document ACME-7: processing → suspended\nextraction.empty: Nothing in &lt;page 1&gt;\nby extraction',
  )
  assert.equal(
    text({ text: '<!here> {entry.code} {entry.message}' }),
    '<!here> extraction.empty Nothing in &lt;page 1&gt;',
  )
  assert.throws(() => settings({ text: 'x' }), /Only the format/)
})
