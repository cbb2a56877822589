import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { SystemError } from '@stageline/domain'
import { fakeDeps } from '../../testing/fake-deps.ts'
import { serve, type Answered, type Served } from '../../testing/serve.ts'

const good = (i: number) => JSON.stringify({ workflow: 'part', input: { record: { mpn: `NXR-${i}` } } })

const bulk = ({ ask }: Served, body: string, headers: Record<string, string> = {}) =>
  ask('/v1/jobs:bulk', { method: 'POST', body, headers: { 'Content-Type': 'application/x-ndjson', ...headers } })

type Result = { line: number; status: number; id?: string; problem?: { code: string } }
const results = ({ text }: Answered): Result[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

test('a line in gives a line out, in order, and bad lines do not hurt the others', async () => {
  await using served = await serve()
  const body = [
    good(1),
    '{"workflow":',
    '',
    good(2),
    '{"workflow":"part","input":{},"state":"completed"}',
    '{"workflow":"none","input":{"record":{}}}',
    good(3),
  ].join('\n')

  const answer = await bulk(served, body)

  assert.deepEqual(
    results(answer).map(({ line, status, problem }) => [line, status, problem?.code]),
    [
      [1, 202, undefined],
      [2, 400, 'request.not_json'],
      [4, 202, undefined],
      [5, 400, 'request.invalid'],
      [6, 422, 'workflow.unknown'],
      [7, 202, undefined],
    ],
  )
  assert.equal(served.world.submitted.length, 3)
})

test('the jobs of a request make a batch that can be looked up', async () => {
  await using served = await serve()

  const answer = await bulk(served, `${good(1)}\r\n${good(2)}`)
  const batch = await served.ask(answer.headers.get('location') ?? '')

  assert.equal(batch.at('total'), 2)
  assert.equal(batch.at('percent'), 0)
  assert.equal(batch.at('id'), answer.headers.get('batch-id'))
})

test('every job of a request keeps what its sender calls the whole of it', async () => {
  await using served = await serve()

  await bulk(served, `${good(1)}\n${good(2)}`, { 'X-Correlation-Id': 'import-4' })

  assert.deepEqual(
    served.world.submitted.map(({ correlationId }) => correlationId),
    ['import-4', 'import-4'],
  )
})

test('10,000 lines are taken and the next one is refused by its number', async () => {
  await using served = await serve()
  const body = Array.from({ length: 10_002 }, (_, i) => good(i)).join('\n')

  const answers = results(await bulk(served, body))

  assert.equal(answers.length, 10_001)
  assert.equal(served.world.submitted.length, 10_000)
  assert.deepEqual([answers.at(-1)?.line, answers.at(-1)?.status], [10_001, 413])
})

test('a line of more than 1 MB is refused alone', async () => {
  await using served = await serve()

  const answers = results(await bulk(served, `${good(1)}\n"${'x'.repeat(1_100_000)}"\n${good(2)}`))

  assert.deepEqual(
    answers.map(({ status }) => status),
    [202, 413, 202],
  )
})

test('a repeated request with its key makes no second job', async () => {
  await using served = await serve()
  const body = `${good(1)}\n${good(2)}`

  const first = results(await bulk(served, body, { 'Idempotency-Key': 'list-7' }))
  const again = results(await bulk(served, body, { 'Idempotency-Key': 'list-7' }))

  assert.deepEqual(
    again.map(({ status }) => status),
    [200, 200],
  )
  assert.deepEqual(
    again.map(({ id }) => id),
    first.map(({ id }) => id),
  )
  assert.equal(served.world.submitted.length, 2)
})

test('when the store is away every line says so', async () => {
  await using served = await serve()
  served.world.storeFault = new SystemError('store.unavailable', 'away')

  const answers = results(await bulk(served, `${good(1)}\n${good(2)}`))

  assert.deepEqual(
    answers.map(({ status }) => status),
    [503, 503],
  )
})

test('answers begin to come while lines are still being sent', async () => {
  await using served = await serve()
  const sender = request(`${served.url}/v1/jobs:bulk`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-ndjson' },
  })

  const firstBytes = new Promise<string>((resolve) =>
    sender.once('response', (response) => response.once('data', (chunk) => resolve(String(chunk)))),
  )
  for (let i = 0; i < 500; i++) sender.write(`${good(i)}\n`)
  const text = await firstBytes

  assert.match(text, /^\{"line":1,"status":202/)
  sender.destroy()
})

test('the record is asked for a workflow once a chunk, not once a line', async () => {
  await using served = await serve()
  let asked = 0
  const { workflows, engine } = fakeDeps(served.world)
  const counted = {
    ...workflows,
    latest: (tenantId: string, key: string) => (asked++, workflows.latest(tenantId, key)),
  }
  await using counting = await serve({}, { workflows: counted, engine })

  await bulk(counting, Array.from({ length: 600 }, (_, i) => good(i)).join('\n'))

  assert.equal(asked, 2)
})

test('another content type is refused', async () => {
  await using served = await serve()

  const answer = await served.post('/v1/jobs:bulk', {})

  assert.equal(answer.status, 415)
  assert.equal(served.world.batches.size, 0)
})

test('lines are accepted as far as there is room; the rest are refused whole, each with when to come back', async () => {
  await using served = await serve()
  served.world.room = 2

  const answer = await bulk(served, [good(1), '{"broken', good(2), good(3), good(4)].join('\n'))

  assert.deepEqual(
    results(answer).map(({ line, status, problem }) => [line, status, problem?.code]),
    [
      [1, 202, undefined],
      [2, 400, 'request.not_json'],
      [3, 202, undefined],
      [4, 429, 'limit.open_jobs'],
      [5, 429, 'limit.open_jobs'],
    ],
  )
  assert.match(answer.text, /"retryAfter":7/)
  assert.equal(served.world.submitted.length, 2)
})
