import { newId, WebhookSettings } from '@stageline/domain'
import { changeTask, matchWebhooks } from '@stageline/engine'
import type { DeliveryAttempt, Endpoint, NewTask, TakenDelivery } from '@stageline/engine/ports'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openRecord } from './testing/open-record.ts'
import { createAlertBook } from './triggers.ts'
import { createDeliveryQueue, createWebhookStore } from './webhooks.ts'

const SECRET = 'whsec_c2VjcmV0'
const PAGE = { limit: 50 }

async function setup() {
  const record = await openRecord()
  const { gateway, worker, tenantId, desk } = record
  const [store, queue] = [createWebhookStore(gateway), createDeliveryQueue(worker)]
  const define = (about: object) =>
    WebhookSettings.parse({ name: 'Mine', url: 'https://example.com/', on: ['task.*'], ...about })
  return {
    ...record,
    store,
    queue,
    alerts: createAlertBook(gateway),
    define,
    add: async (about: object = {}, by = tenantId): Promise<Endpoint> => {
      const { id } = await store.add(by, { id: newId(), settings: define(about), secret: SECRET, actor: 'ann' })
      return { tenantId: by, id }
    },
    open: async (about: Partial<NewTask> = {}, by = tenantId): Promise<string> => {
      const id = newId()
      await desk.openTask(by, { ...TASK, id, ...about })
      return id
    },
    /** So many more entries of one task. */
    touch: async (id: string, times: number) => {
      for (let i = 0; i < times; i++)
        await desk.editTask(tenantId, id, (task, now) =>
          changeTask(task, { kind: 'comment', actor: 'ann', reason: `${i}` }, now),
        )
    },
    readAll: async () => {
      await record.isReadable()
      let noted = 0
      for (const stream of ['jobs', 'desk'] as const) noted += (await queue.read(stream, 100, matchWebhooks)).noted
      return noted
    },
    seqs: (taken: readonly TakenDelivery[]) => taken.map(({ entry }) => entry.seq).toSorted((a, b) => a - b),
  }
}

const TASK: Omit<NewTask, 'id'> = {
  type: 'own',
  title: 'A title',
  description: null,
  serviceArea: 'buying',
  priority: 0.5,
  evidence: {},
  dueAt: null,
  assignee: null,
  group: null,
  jobId: null,
  planId: null,
  createdBy: 'ann',
}
const tried = (status: number | null): DeliveryAttempt => ({
  at: '2026-11-20T12:00:00.000Z',
  status,
  durationMs: 5,
  answer: 'x',
  error: null,
})
const DAY = 86_400_000

test('an entry is noted once for each endpoint that wants it, whoever reads and however often, also after a restored dump', async () => {
  await using given = await setup()
  const [all, some] = [
    await given.add(),
    await given.add({ on: ['TaskStateChanged'], when: 'entry.serviceArea == "x"' }),
  ]
  await given.add({ on: ['plan.*'] })
  await given.open()
  await given.open({ serviceArea: 'x' })

  await Promise.all([given.readAll(), given.readAll(), given.readAll()])
  await given.readAll()
  await given.sql(`UPDATE webhook_cursors SET epoch = 0`)
  await given.readAll()

  const of = async ({ id }: Endpoint) => (await given.store.deliveries(given.tenantId, id, {}, PAGE)).items
  assert.deepEqual(
    (await of(all)).map(({ type, state }) => [type, state]),
    Array.from({ length: 2 }, () => ['task.opened', 'waiting']),
  )
  assert.deepEqual(
    (await of(some)).map(({ type, entry }) => [type, entry.serviceArea]),
    [['TaskStateChanged', 'x']],
  )
})

test('of each subject the next is sent when the one before has ended; others need not wait', async () => {
  await using given = await setup()
  const endpoint = await given.add()
  const first = await given.open()
  await given.touch(first, 2)
  const second = await given.open()
  await given.readAll()

  const both = await given.queue.take(endpoint, 10, 60_000)
  const meanwhile = await given.queue.take(endpoint, 10, 60_000)
  await given.queue.delivered(
    both.find(({ entry }) => entry.subjectId === first)!,
    tried(200),
  )
  const next = await given.queue.take(endpoint, 10, 60_000)

  assert.deepEqual(new Set(both.map(({ entry }) => entry.subjectId)), new Set([first, second]))
  assert.deepEqual([given.seqs(both), meanwhile, given.seqs(next)], [[1, 1], [], [2]])
  assert.deepEqual([both[0]!.secrets, both[0]!.settings.url], [[SECRET], 'https://example.com/'])
})

test('what fails waits, and what comes after it of the same subject with it; given up it lets them go', async () => {
  await using given = await setup()
  const endpoint = await given.add()
  await given.touch(await given.open(), 1)
  await given.readAll()
  const take = () => given.queue.take(endpoint, 10, 60_000)

  const [one] = await take()
  await given.queue.failed(one!, tried(503), { afterMs: 300_000, isGone: false })
  const [soon, due] = [await take(), await given.queue.due([], 10)]
  await given.shiftClock(400_000)
  const [again] = await take()
  await given.queue.failed(again!, tried(500), { afterMs: null, isGone: false })
  const [after] = await take()

  assert.deepEqual([soon, due], [[], []])
  assert.deepEqual([again!.id, again!.tries, after!.entry.seq], [one!.id, 2, 2])
  const log = await given.store.delivery(given.tenantId, endpoint.id, one!.id)
  assert.deepEqual([log!.state, log!.attempts.map(({ status }) => status)], ['failed', [503, 500]])
  assert.notEqual((await given.store.get(given.tenantId, endpoint.id))!.failingSince, null)
})

test('who comes late changes nothing: another has taken it, or somebody asked for it anew', async () => {
  await using given = await setup()
  const endpoint = await given.add()
  await given.open()
  await given.readAll()

  const [late] = await given.queue.take(endpoint, 10, 1_000)
  await given.shiftClock(2_000)
  const [taken] = await given.queue.take(endpoint, 10, 60_000)
  await given.queue.failed(late!, tried(410), { afterMs: null, isGone: true })
  await given.store.replay(given.tenantId, endpoint.id, taken!.id)
  await given.queue.delivered(taken!, tried(200))

  const log = await given.store.delivery(given.tenantId, endpoint.id, taken!.id)
  assert.deepEqual([log!.state, log!.tries, log!.attempts], ['waiting', 0, []])
  assert.equal((await given.store.get(given.tenantId, endpoint.id))!.settings.enabled, true)
})

test('an endpoint that is gone is switched off at once, with one alert; switched on again it goes on', async () => {
  await using given = await setup()
  const endpoint = await given.add()
  await given.open()
  await given.open()
  await given.readAll()
  const taken = await given.queue.take(endpoint, 1, 60_000)
  await given.queue.failed(taken[0]!, tried(410), { afterMs: null, isGone: true })

  const off = (await given.store.get(given.tenantId, endpoint.id))!
  const [due, none] = [await given.queue.due([], 10), await given.queue.take(endpoint, 10, 60_000)]
  await given.open()
  const noted = await given.readAll()
  const settings = { ...off.settings, enabled: true }
  const on = await given.store.change(given.tenantId, {
    id: endpoint.id,
    settings,
    actor: 'ann',
    ifVersion: off.version,
  })
  const left = await given.queue.take(endpoint, 10, 60_000)

  assert.deepEqual([off.settings.enabled, off.offReason, off.updatedBy], [false, 'gone', 'stageline'])
  assert.deepEqual([due, none, noted, left.length], [[], [], 0, 1])
  assert.deepEqual(on !== 'changed' && [on.offReason, on.failingSince], [null, null])
  const { items } = await given.alerts.alerts(given.tenantId, {}, PAGE)
  assert.deepEqual(
    items.map(({ title, level, subjectId, count }) => [title, level, subjectId, count]),
    [['Webhook switched off: Mine', 'critical', endpoint.id, 1]],
  )
})

test('an endpoint that lets nothing through for three days is switched off; one success and the time begins anew', async () => {
  await using given = await setup()
  const [dead, lame] = [await given.add({ name: 'Dead' }), await given.add({ name: 'Lame' })]
  await given.open()
  await given.open()
  await given.readAll()
  const fail = async (endpoint: Endpoint) => {
    const [one] = await given.queue.take(endpoint, 1, 60_000)
    await given.queue.failed(one!, tried(null), { afterMs: 1_000, isGone: false })
  }
  await fail(dead)
  await fail(lame)
  await given.shiftClock(2 * DAY)
  const [well] = await given.queue.take(lame, 1, 60_000)
  await given.queue.delivered(well!, tried(204))
  await fail(lame)
  await given.shiftClock(1.5 * DAY)
  await fail(dead)
  await fail(lame)

  const of = async ({ id }: Endpoint) => (await given.store.get(given.tenantId, id))!
  assert.deepEqual([(await of(dead)).offReason, (await of(lame)).offReason], ['failing', null])
  assert.equal((await given.alerts.alerts(given.tenantId, {}, PAGE)).items.length, 1)
})

test('a time is sent again, the oldest first and no more than asked for; what waits is left alone', async () => {
  await using given = await setup()
  const endpoint = await given.add()
  for (let i = 0; i < 4; i++) await given.open()
  await given.readAll()
  const taken = await given.queue.take(endpoint, 3, 60_000)
  for (const one of taken.slice(0, 2)) await given.queue.delivered(one, tried(200))
  await given.queue.failed(taken[2]!, tried(500), { afterMs: null, isGone: false })
  const range = { from: '2020-01-01T00:00:00.000Z', to: '2100-01-01T00:00:00.000Z', limit: 10 }
  const replay = (about: object) =>
    given.store.replayAll(given.tenantId, endpoint.id, { ...range, state: null, ...about })

  const before = await replay({ to: taken[0]!.entry.at.slice(0, 10) + 'T00:00:00.000Z', from: range.from })
  const failed = await replay({ state: 'failed' })
  const one = await replay({ limit: 1 })
  const rest = await replay({})

  assert.deepEqual([before.replayed, failed.replayed, one.replayed, rest.replayed], [0, 1, 1, 1])
  const oldest = taken.map(({ entry }) => entry.at).toSorted()[0]!
  assert.ok(one.until! >= oldest)
  const again = await given.queue.take(endpoint, 10, 60_000)
  assert.deepEqual(
    again.map(({ tries }) => tries),
    [1, 1, 1, 1],
  )
})

test('a secret is told to nobody who asks the gateway, and a new one leaves the old one valid for a day', async () => {
  await using given = await setup()
  const endpoint = await given.add()
  await given.open()
  await given.open()
  await given.readAll()

  await given.store.renewSecret(given.tenantId, endpoint.id, 'whsec_bmV1', 'ann')
  const [both] = await given.queue.take(endpoint, 1, 60_000)
  await given.shiftClock(DAY + 60_000)
  const [one] = await given.queue.take(endpoint, 1, 60_000)

  assert.deepEqual([both!.secrets, one!.secrets], [['whsec_bmV1', SECRET], ['whsec_bmV1']])
  for (const column of ['secret', 'previous_secret'])
    await assert.rejects(given.gateway.query(given.tenantId, { text: `SELECT ${column} FROM webhooks` }), {
      code: '42501',
    })
})

test('each tenant has its own webhooks and deliveries; what is removed takes its log along', async () => {
  await using given = await setup()
  const other = await given.addTenant('other')
  const [mine, theirs] = [await given.add(), await given.add({}, other)]
  await given.open()
  await given.open({}, other)
  await given.readAll()

  const count = async (tenant: string, { id }: Endpoint) =>
    (await given.store.deliveries(tenant, id, {}, PAGE)).items.length
  assert.deepEqual(
    [await count(given.tenantId, mine), await count(other, theirs), await count(given.tenantId, theirs)],
    [1, 1, 0],
  )
  assert.equal(await given.store.remove(given.tenantId, theirs.id, null), 'unknown')
  assert.equal(await given.store.remove(given.tenantId, mine.id, 9), 'conflict')
  assert.equal(await given.store.remove(given.tenantId, mine.id, 1), 'removed')
  assert.deepEqual(await given.sql('SELECT webhook_id AS id FROM deliveries'), [{ id: theirs.id }])
})

test('a test is sent also while the endpoint is switched off, and what was sent is forgotten a month later', async () => {
  await using given = await setup()
  const endpoint = await given.add({ enabled: false })
  const at = new Date().toISOString()
  const entry = {
    subject: 'webhook',
    subjectId: endpoint.id,
    seq: 0,
    at,
    event: 'test',
    to: 'test',
    actor: 'ann',
  } as never
  const about = { ...endpoint, webhookId: endpoint.id, id: newId(), type: 'webhook.test', cause: 'test', entry }
  await given.store.send(given.tenantId, { ...about, state: 'waiting', attempts: [] })

  assert.deepEqual(await given.queue.due([], 10), [endpoint])
  const [taken] = await given.queue.take(endpoint, 10, 60_000)
  await given.queue.delivered(taken!, tried(200))
  assert.equal(await given.queue.forget(10), 0)
  await given.shiftClock(31 * DAY)
  assert.equal(await given.queue.forget(10), 1)
})

test('what is noted beside is noted once, for an endpoint of its own tenant only', async () => {
  await using given = await setup()
  const other = await given.addTenant('other')
  const [mine, theirs] = [await given.add({ on: [] }), await given.add({ on: [] }, other)]
  await given.add()
  await given.open()
  await given.readAll()
  const { entry } = (await given.queue.take((await given.queue.due([], 10))[0]!, 1, 60_000))[0]!
  const note = ({ id: webhookId }: Endpoint, id: string) =>
    given.queue.note({
      tenantId: given.tenantId,
      id,
      webhookId,
      type: 'T',
      cause: 'trigger:x',
      entry,
      state: 'waiting',
      attempts: [],
    })
  const id = newId()

  assert.deepEqual(
    [await note(mine, id), await note(mine, id), await note(theirs, newId())],
    ['noted', 'noted', 'unknown'],
  )
  assert.deepEqual(
    (await given.queue.take(mine, 10, 60_000)).map((one) => [one.id, one.type]),
    [[id, 'T']],
  )
})
