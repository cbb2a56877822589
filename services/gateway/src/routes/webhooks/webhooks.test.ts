import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serve } from '../../testing/serve.ts'
import { EXAMPLE_WEBHOOK } from './examples.ts'

const json = (method: string, body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method,
  body: JSON.stringify(body),
  headers: { 'Content-Type': 'application/json', ...headers },
})

async function setup() {
  const served = await serve()
  const made = await served.ask('/v1/webhooks', json('POST', EXAMPLE_WEBHOOK))
  const at = made.headers.get('location')!
  return {
    served,
    made,
    at,
    etag: made.headers.get('etag')!,
    patch: (body: unknown, headers?: Record<string, string>) => served.ask(at, json('PATCH', body, headers)),
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  }
}

test('a secret is shown to who makes it or renews it, and never again', async () => {
  await using given = await setup()
  const { served, made, at } = given

  const read = await served.ask(at)
  const listed = await served.ask('/v1/webhooks')
  const renewed = await served.post(`${at}:renew-secret`, {})

  const secrets = [made, renewed].map((answer) => String(answer.at('secret')))
  for (const secret of secrets) assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
  assert.notEqual(secrets[0], secrets[1])
  assert.deepEqual([read.at('secret'), listed.at('items.0.secret')], [undefined, undefined])
  assert.equal(listed.at('items.0.name'), EXAMPLE_WEBHOOK.name)
})

test('a webhook is changed by whoever has read its newest version; what is not named stays', async () => {
  await using given = await setup()

  const off = await given.patch({ enabled: false }, { 'If-Match': given.etag })
  const always = await given.patch({ when: null, on: ['job.*'] })
  const stale = await given.patch({ enabled: true }, { 'If-Match': given.etag })
  const removed = await given.served.ask(given.at, { method: 'DELETE', headers: { 'If-Match': given.etag } })
  const gone = await given.served.ask(given.at, {
    method: 'DELETE',
    headers: { 'If-Match': always.headers.get('etag')! },
  })

  assert.deepEqual([off.status, off.at('enabled'), off.at('when')], [200, false, EXAMPLE_WEBHOOK.when])
  assert.deepEqual([always.at('enabled'), always.at('when'), always.at('on')], [false, undefined, ['job.*']])
  assert.deepEqual(
    [stale, removed].map((answer) => [answer.status, answer.at('code')]),
    [
      [412, 'webhook.changed'],
      [412, 'webhook.changed'],
    ],
  )
  assert.deepEqual([gone.status, (await given.served.ask(given.at)).status], [204, 404])
})

test('what can never be sent is refused with the place, also in a change', async () => {
  await using given = await setup()
  const pointers = async (about: object) =>
    Promise.all(
      [given.served.ask('/v1/webhooks', json('POST', { ...EXAMPLE_WEBHOOK, ...about })), given.patch(about)].map(
        async (answer) => [(await answer).status, (await answer).at('errors.0.pointer')],
      ),
    )
  const twice = (status: number, pointer?: string) => [
    [status, pointer],
    [status, pointer],
  ]

  assert.deepEqual(await pointers({ on: ['task.finished'] }), twice(400, '/on/0'))
  assert.deepEqual(await pointers({ on: ['SomethingElse'] }), twice(400, '/on/0'))
  assert.deepEqual(await pointers({ when: 'entry.to ==' }), twice(400, '/when'))
  assert.deepEqual(await pointers({ text: 'Only Slack shows it' }), twice(400, '/text'))
  assert.deepEqual(await pointers({ url: 'ftp://example.com/' }), twice(400, '/url'))
  assert.deepEqual(await pointers({ url: 'https://db.internal/' }), twice(422))
})

test('a delivery is sent again by itself or with all of a time', async () => {
  await using given = await setup()
  const { served, at } = given
  const test = await served.post(`${at}:test`, {})
  const delivery = test.headers.get('location')!
  served.world.webhooks.sent[0]!.state = 'failed'

  const failed = await served.ask(`${at}/deliveries?state=failed`)
  const again = await served.post(`${delivery}:replay`, {})
  served.world.webhooks.sent[0]!.state = 'failed'
  const all = await served.post(`${at}:replay`, { from: '2026-11-20T13:00:00+01:00', to: '2026-11-20T12:00:01Z' })
  const none = await served.post(`${at}:replay`, { from: '2026-11-20T13:00:00Z', to: '2026-11-20T14:00:00Z' })

  assert.deepEqual([test.status, test.at('type'), failed.at('items.0.id')], [202, 'webhook.test', test.at('id')])
  assert.deepEqual([again.status, again.at('state')], [202, 'waiting'])
  assert.deepEqual([all.at('replayed'), all.at('more'), none.at('replayed')], [1, false, 0])
  assert.equal((await served.ask(delivery)).at('entry.event'), 'test')
})
