import type { TriggerEntry } from '@stageline/domain'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeliveryAttempt, LiveWebhook, TakenDelivery, WebhookAnswer, WebhookMessage } from '../ports/index.ts'
import { deliver } from './deliver.ts'
import { matchWebhooks } from './match-webhooks.ts'

const ID = '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071'
const AT = '2026-11-20T12:00:00.000Z'
const entry = {
  subject: 'task',
  subjectId: ID,
  seq: 3,
  at: AT,
  event: 'moved',
  from: 'new',
  to: 'in_progress',
  actor: 'ann',
  title: 'A title',
} as TriggerEntry

const SETTINGS = { name: 'Mine', url: 'https://example.com/hook', on: [], format: 'standard', enabled: true } as const

function setup(answer: WebhookAnswer | Error, tries = 1) {
  const sent: WebhookMessage[] = []
  const noted: { attempt: DeliveryAttempt; next: { afterMs: number | null; isGone: boolean } | 'delivered' }[] = []
  let clock = 0
  const taken: TakenDelivery = {
    tenantId: ID,
    id: ID,
    webhookId: ID,
    type: 'TaskStateChanged',
    entry,
    settings: { ...SETTINGS, on: [] },
    secrets: ['whsec_a', 'whsec_b'],
    tries,
    fence: 1,
    at: AT,
  }
  const run = () =>
    deliver(taken, {
      queue: {
        delivered: async (_, attempt) => void noted.push({ attempt, next: 'delivered' }),
        failed: async (_, attempt, next) => void noted.push({ attempt, next }),
      },
      send: async (message) => {
        sent.push(message)
        if (answer instanceof Error) throw answer
        return answer
      },
      elapsedMs: () => (clock += 7),
    })
  return { run, sent, noted }
}

test('what is sent names the event, its time and all that is known, and is signed with every secret', async () => {
  const { run, sent, noted } = setup({ status: 204, beginning: '' })

  assert.equal(await run(), 'delivered')

  const [{ body, ...message } = { body: '' }] = sent
  assert.deepEqual(JSON.parse(body), { type: 'TaskStateChanged', timestamp: AT, data: entry })
  assert.deepEqual(message, {
    url: 'https://example.com/hook',
    secrets: ['whsec_a', 'whsec_b'],
    id: ID,
    at: new Date(AT),
  })
  const attempt = { at: AT, durationMs: 7, status: 204, answer: '', error: null }
  assert.deepEqual(noted, [{ attempt, next: 'delivered' }])
})

test('every try that fails waits longer than the one before, for three days in all; then it is given up', async () => {
  const pauses: (number | null)[] = []
  for (let tries = 1; tries <= 10; tries++) {
    const { run, noted } = setup({ status: 500, beginning: 'oh' }, tries)
    assert.equal(await run(), tries < 10 ? 'retried' : 'failed')
    const [{ next } = { next: 'delivered' as const }] = noted
    pauses.push(next === 'delivered' ? 0 : next.afterMs)
  }

  const waits = pauses.slice(0, -1).map(Number)
  assert.equal(pauses.at(-1), null)
  assert.deepEqual(
    waits,
    waits.toSorted((one, other) => one - other),
  )
  assert.equal(waits[0], 5_000)
  assert.ok(waits.reduce((sum, ms) => sum + ms, 0) > 3 * 86_400_000)
})

test('a receiver may ask for a longer pause, not for a shorter one, nor for more than a day', async () => {
  const asked = async (retryAfterMs: number) => {
    const { run, noted } = setup({ status: 429, beginning: '', retryAfterMs })
    await run()
    return noted[0]?.next
  }

  assert.deepEqual(await asked(60_000), { afterMs: 60_000, isGone: false })
  assert.deepEqual(await asked(1), { afterMs: 5_000, isGone: false })
  assert.deepEqual(await asked(1e12), { afterMs: 86_400_000, isGone: false })
})

for (const status of [301, 302, 400, 404, 503])
  test(`${status} is no success`, async () => {
    assert.equal(await setup({ status, beginning: '' }).run(), 'retried')
  })

test('who says that it is gone is not asked again; who does not answer is', async () => {
  const gone = setup({ status: 410, beginning: 'gone' })
  const silent = setup(new Error('reset'))

  assert.deepEqual([await gone.run(), await silent.run()], ['failed', 'retried'])

  assert.deepEqual(gone.noted[0]?.next, { afterMs: null, isGone: true })
  const { status, answer, error } = silent.noted[0]!.attempt
  assert.deepEqual([status, answer, error?.message], [null, null, 'reset'])
})

test('an entry goes to each endpoint of its tenant that wants it, under the name that it asked for', () => {
  const webhook = (id: string, about: object): LiveWebhook => ({
    tenantId: ID,
    id,
    since: AT,
    settings: { ...SETTINGS, name: id, on: ['task.*'], ...about },
  })
  const read = [{ tenantId: ID, depth: 0, entry }]

  const noted = matchWebhooks(read, [
    webhook('all', {}),
    webhook('domain', { on: ['TaskStateChanged'], when: 'entry.to == "in_progress"' }),
    webhook('other-event', { on: ['task.opened', 'ActionPlanActivated'] }),
    webhook('filtered', { when: 'entry.title == "Another"' }),
    webhook('broken', { when: 'entry.title > 3' }),
    { ...webhook('later', {}), since: '2026-11-20T12:00:00.001Z' },
    { ...webhook('foreign', {}), tenantId: 'another' },
  ])

  assert.deepEqual(
    noted.map(({ webhookId, type, state }) => [webhookId, type, state]),
    [
      ['all', 'task.moved', 'waiting'],
      ['domain', 'TaskStateChanged', 'waiting'],
      ['broken', 'task.moved', 'failed'],
    ],
  )
  assert.equal(noted[2]?.attempts[0]?.error?.code, 'webhook.predicate')
  assert.equal(new Set(noted.map(({ id }) => id)).size, 3)
  assert.deepEqual(matchWebhooks(read, [webhook('all', {})])[0]?.id, noted[0]?.id)
})
