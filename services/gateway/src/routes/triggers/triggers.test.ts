import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serve } from '../../testing/serve.ts'
import { EXAMPLE_TRIGGER } from './triggers.ts'

const put = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'PUT',
  body: JSON.stringify(body),
  headers: { 'Content-Type': 'application/json', ...headers },
})
const AT = `/v1/triggers/${EXAMPLE_TRIGGER.key}`

test('a trigger is changed by whoever has read its newest version', async () => {
  await using served = await serve()
  const made = await served.ask(AT, put(EXAMPLE_TRIGGER, { 'If-None-Match': '*' }))
  const etag = made.headers.get('etag')!

  const twice = await served.ask(AT, put(EXAMPLE_TRIGGER, { 'If-None-Match': '*' }))
  const changed = await served.ask(AT, put({ ...EXAMPLE_TRIGGER, enabled: false }, { 'If-Match': etag }))
  const stale = await served.ask(AT, put(EXAMPLE_TRIGGER, { 'If-Match': etag }))
  const removed = await served.ask(AT, { method: 'DELETE', headers: { 'If-Match': etag } })

  assert.deepEqual([made.status, made.at('version')], [201, 1])
  assert.deepEqual([changed.status, changed.at('definition.enabled')], [200, false])
  assert.deepEqual(
    [twice, stale, removed].map((answer) => [answer.status, answer.at('code')]),
    Array.from({ length: 3 }, () => [412, 'trigger.changed']),
  )
})

test('what can never fire or never be done is refused with the place', async () => {
  await using served = await serve()
  const pointer = async (about: object) =>
    (await served.ask(AT, put({ ...EXAMPLE_TRIGGER, ...about }))).at('errors.0.pointer')

  assert.equal(await pointer({ key: 'another' }), '/key')
  assert.equal(await pointer({ on: ['task.finished'] }), '/on/0')
  assert.equal(await pointer({ on: ['job.step', 'plan.claimed'] }), '/on/1')
  assert.equal(await pointer({ when: 'entry.to ==' }), '/when')
  assert.equal(await pointer({ actions: [{ kind: 'shout' }] }), '/actions/0/kind')
  const webhook = '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071'
  assert.equal(await pointer({ actions: [{ kind: 'webhook', webhook }] }), '/actions/0/webhook')
  assert.equal(await pointer({ actions: [{ kind: 'update_task_state', to: 'blocked' }] }), '/actions/0/kind')
})

test('an alert is acknowledged once; who was first stays', async () => {
  await using served = await serve()
  const at = '2026-11-20T12:00:00.000Z'
  const id = '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071'
  const about = { raisedBy: 'trigger:x', subject: 'job', subjectId: id, count: 2, firstAt: at, lastAt: at }
  const open = { acknowledgedAt: null, acknowledgedBy: null }
  served.world.triggers.raised.push({ id, level: 'critical', title: 'T', detail: null, ...about, ...open })

  const seen = await served.post(`/v1/alerts/${id}:acknowledge`, {})
  const left = await served.ask('/v1/alerts?state=open')

  assert.deepEqual([seen.status, seen.at('acknowledgedAt')], [200, at])
  assert.deepEqual(left.at('items'), [])
  assert.equal((await served.ask('/v1/alerts?level=loud')).status, 400)
})
