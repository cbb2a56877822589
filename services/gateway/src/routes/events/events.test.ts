import assert from 'node:assert/strict'
import { request, type IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { addEvent } from '../../testing/add-event.ts'
import { addJob } from '../../testing/fake-world.ts'
import { serve, type Served } from '../../testing/serve.ts'

/** Reads the stream until the text fits. */
async function readUntil(
  { url }: Served,
  path: string,
  pattern: RegExp,
  headers: Record<string, string> = {},
): Promise<string> {
  const response = await new Promise<IncomingMessage>((resolve) => request(url + path, { headers }, resolve).end())
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk
    if (pattern.test(text)) break
  }
  return text
}

const ids = (text: string): string[] => [...text.matchAll(/^id: (\w+)\nevent: step/gm)].map(([, id]) => id!)

test('a stream goes on behind the event that was seen last', async () => {
  await using served = await serve()
  const { id } = addJob(served.world)
  for (let i = 0; i < 4; i++) addEvent(served.world, id)

  const text = await readUntil(served, '/v1/events', /id: c4/, { 'Last-Event-ID': 'c2' })

  assert.deepEqual(ids(text), ['c3', 'c4'])
})

test('a stream without a place begins with the present', async () => {
  await using served = await serve()
  const { id } = addJob(served.world)
  for (let i = 0; i < 2; i++) addEvent(served.world, id)
  const reading = readUntil(served, '/v1/events', /id: c3/)
  while (served.world.openStreams === 0) await turn()

  addEvent(served.world, id)

  assert.deepEqual(ids(await reading), ['c3'])
})

test('a stream without a place says at once where it begins', async () => {
  await using served = await serve()
  addEvent(served.world, addJob(served.world).id)

  assert.match(await readUntil(served, '/v1/events', /event: mark\n/), /id: c1\nevent: mark\n/)
})

test('only events of the batch come, and the place moves on past the others', async () => {
  await using served = await serve()
  const batchId = '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6081'
  const inside = addJob(served.world, { batchId }).id
  const outside = addJob(served.world).id
  for (const id of [outside, inside, outside]) addEvent(served.world, id)

  const text = await readUntil(served, `/v1/events?after=0&batch=${batchId}`, /event: mark/)

  assert.deepEqual(ids(text), ['c2'])
  assert.match(text, /id: c3\nevent: mark/)
})

test('only what is done as part of the bulk action comes, without the note of it', async () => {
  await using served = await serve()
  const bulkAction = '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60d1'
  const { id } = addJob(served.world)
  for (const data of [null, { bulkAction }, { bulkAction: 'another' }, { output: 1 }])
    addEvent(served.world, id, null, data)

  const text = await readUntil(served, `/v1/events?after=0&bulkAction=${bulkAction}`, /event: mark/)

  assert.deepEqual(ids(text), ['c2'])
  assert.match(text, /id: c4\nevent: mark/)
  assert.doesNotMatch(text, /"data"/)
})

test('a quiet stream is kept alive and says so to proxies', async () => {
  await using served = await serve()

  assert.match(await readUntil(served, '/v1/events', /still here/), /^retry: 2000/)
})

test('one stream too many is refused until another ends', async () => {
  await using served = await serve({ maxStreamsPerTenant: 1 })
  const open = await new Promise<IncomingMessage>((resolve) => request(`${served.url}/v1/events`, resolve).end())

  const refused = await served.ask('/v1/events')
  open.destroy()
  const deadline = performance.now() + 5_000
  let after = 429
  while (after === 429 && performance.now() < deadline) {
    after = await new Promise((resolve) =>
      request(`${served.url}/v1/events`, (response) => resolve(response.destroy().statusCode ?? 0)).end(),
    )
  }

  assert.deepEqual(
    [refused.status, refused.at('code'), refused.headers.get('retry-after')],
    [429, 'limit.streams', '10'],
  )
  assert.equal(after, 200)
})

test('outputs and stacks stay behind', async () => {
  await using served = await serve()
  addEvent(served.world, addJob(served.world).id, { kind: 'data', code: 'x.y', message: 'm', stack: 'at secret.ts' })

  const text = await readUntil(served, '/v1/events?after=0', /id: c1[^]*\n\n/)

  assert.match(text, /x\.y/)
  assert.doesNotMatch(text, /secret/)
})
