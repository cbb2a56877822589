import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SystemError } from '@stageline/domain'
import { serve, type Served } from '../../testing/serve.ts'

const part = { workflow: 'part', input: { record: { mpn: 'NXR-1K0-0402' } } }

const sendRaw = ({ ask }: Served, body: string | Uint8Array<ArrayBuffer>, type = 'application/json', headers = {}) =>
  ask('/v1/jobs', { method: 'POST', body, headers: { 'Content-Type': type, ...headers } })

test('a record is stored and answered with where to find its job', async () => {
  await using served = await serve()

  const answer = await served.post('/v1/jobs', { ...part, priority: 0.7, tags: ['spring'] })

  assert.equal(answer.status, 202)
  assert.equal(answer.headers.get('location'), `/v1/jobs/${String(answer.at('id'))}`)
  const [submitted] = served.world.submitted
  assert.equal(submitted?.actor, 'local')
  assert.equal(submitted?.priority, 0.7)
  assert.deepEqual(submitted?.tags, ['spring'])
})

test('a record keeps what its sender calls the whole of it, where that is well formed', async () => {
  await using served = await serve()
  const given = ['order-17/a', 'two words', 'x'.repeat(129)]

  const answers = []
  for (const id of given)
    answers.push(await sendRaw(served, JSON.stringify(part), 'application/json', { 'X-Correlation-Id': id }))

  assert.deepEqual(
    served.world.submitted.map(({ correlationId }) => correlationId),
    ['order-17/a', null, null],
  )
  assert.deepEqual(
    answers.map(({ headers }) => headers.get('x-correlation-id')),
    ['order-17/a', null, null],
  )
})

test('properties that nobody knows are refused by name and nothing is stored', async () => {
  await using served = await serve()

  for (const property of ['tenantId', 'state', 'attempt', 'score', 'batchId']) {
    const answer = await served.post('/v1/jobs', { ...part, [property]: 'x' })
    assert.equal(answer.status, 400)
    assert.equal(answer.at('errors.0.pointer'), `/${property}`)
  }
  assert.equal(served.world.submitted.length, 0)
})

const refusals: [
  name: string,
  body: string | Uint8Array<ArrayBuffer>,
  type: string,
  status: number,
  code: string,
  pointer?: string,
][] = [
  [
    'a __proto__ member',
    '{"workflow":"part","input":{"record":{"__proto__":{"a":1}}}}',
    'application/json',
    400,
    'request.invalid',
    '/input/record/__proto__',
  ],
  [
    'a NUL character',
    JSON.stringify({ workflow: 'part', input: { record: { mpn: 'a\0b' } } }),
    'application/json',
    400,
    'request.invalid',
    '/input/record/mpn',
  ],
  [
    'half of a surrogate pair',
    '{"workflow":"part","input":{"record":{"mpn":"\\ud800"}}}',
    'application/json',
    400,
    'request.invalid',
    '/input/record/mpn',
  ],
  [
    'a number beyond the range',
    '{"workflow":"part","input":{"record":{"mpn":1e999}}}',
    'application/json',
    400,
    'request.invalid',
    '/input/record/mpn',
  ],
  [
    '65 levels',
    `{"workflow":"part","input":${'{"a":'.repeat(64)}1${'}'.repeat(64)}}`,
    'application/json',
    400,
    'request.invalid',
  ],
  ['broken JSON', '{"workflow":', 'application/json', 400, 'request.not_json'],
  ['a byte order mark', `\ufeff${JSON.stringify(part)}`, 'application/json', 400, 'request.not_json'],
  ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'application/json', 400, 'request.not_json'],
  ['another charset', JSON.stringify(part), 'application/json; charset=utf-7', 415, 'request.unsupported_type'],
  ['XML', '<job/>', 'application/xml', 415, 'request.unsupported_type'],
  ['more than 1 MB', `{"a":"${'x'.repeat(1024 * 1024)}"}`, 'application/json', 413, 'request.too_large'],
  ['no body', '', 'application/json', 400, 'request.invalid'],
  [
    'a priority beyond 1',
    JSON.stringify({ ...part, priority: 1.1 }),
    'application/json',
    400,
    'request.invalid',
    '/priority',
  ],
]
for (const [name, body, type, status, code, pointer] of refusals) {
  test(`${name} is refused with ${status} and nothing is stored`, async () => {
    await using served = await serve()

    const answer = await sendRaw(served, body, type)

    assert.equal(answer.status, status)
    assert.equal(answer.at('code'), code)
    assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
    if (pointer) assert.equal(answer.at('errors.0.pointer'), pointer)
    assert.equal(served.world.submitted.length, 0)
  })
}

test('a compressed body is refused', async () => {
  await using served = await serve()

  const answer = await sendRaw(served, JSON.stringify(part), 'application/json', { 'Content-Encoding': 'gzip' })

  assert.equal(answer.status, 415)
})

test('an input that does not fit its workflow is refused with pointers into the body', async () => {
  await using served = await serve()

  const answer = await served.post('/v1/jobs', { workflow: 'part', input: { other: 1 } })

  assert.equal(answer.status, 422)
  assert.equal(answer.at('code'), 'input.invalid')
  assert.equal(answer.at('errors.0.pointer'), '/input/record')
})

test('a stored document cannot be named by hand', async () => {
  await using served = await serve()

  const answer = await served.post('/v1/jobs', { workflow: 'document', input: { document: { key: 'guessed' } } })

  assert.equal(answer.at('code'), 'input.document_reference')
  assert.equal(served.world.submitted.length, 0)
})

test('the same key and body give the same job, another body 422', async () => {
  await using served = await serve()
  const key = { 'Idempotency-Key': '"order-7"' }
  const reordered = { input: part.input, workflow: 'part' }

  const first = await served.post('/v1/jobs', part, key)
  const again = await served.post('/v1/jobs', reordered, { 'Idempotency-Key': 'order-7' })
  const other = await served.post('/v1/jobs', { ...part, priority: 1 }, key)

  assert.equal(again.status, 200)
  assert.equal(again.headers.get('idempotency-replayed'), 'true')
  assert.equal(again.at('id'), first.at('id'))
  assert.equal(other.status, 422)
  assert.equal(other.at('code'), 'idempotency.other_body')
  assert.equal(served.world.submitted.length, 1)
})

test('a key in flight is answered with 409 and when to come back', async () => {
  await using served = await serve()
  const inFlight = { submitJobs: async () => [{ kind: 'in_flight' as const }] }
  const { fakeDeps } = await import('../../testing/fake-deps.ts')
  await using busy = await serve({}, { engine: { ...fakeDeps(served.world).engine, ...inFlight } })

  const answer = await busy.post('/v1/jobs', part, { 'Idempotency-Key': 'k' })

  assert.equal(answer.status, 409)
  assert.equal(answer.headers.get('retry-after'), '1')
})

test('a key that cannot be one is refused', async () => {
  await using served = await serve()

  const answer = await served.post('/v1/jobs', part, { 'Idempotency-Key': 'x'.repeat(256) })

  assert.equal(answer.at('code'), 'request.bad_key')
})

test('a store that is away is answered with 503 and without its reasons', async () => {
  await using served = await serve()
  served.world.storeFault = new SystemError('store.unavailable', 'connect to 10.1.2.3 as secret-user failed')

  const answer = await served.post('/v1/jobs', part)

  assert.equal(answer.status, 503)
  assert.match(answer.headers.get('retry-after') ?? '', /^[2-8]$/)
  assert.doesNotMatch(answer.text, /secret-user|10\.1\.2\.3|at .*\.ts/)
})

test('whoever prefers to wait is answered once the job needs a person', async () => {
  await using served = await serve()
  const { reader } = (await import('../../testing/fake-deps.ts')).fakeDeps(served.world)
  let looks = 0
  const slow = {
    ...reader,
    job: async () =>
      ++looks < 3
        ? { ...[...served.world.jobs.values()][0]! }
        : { ...[...served.world.jobs.values()][0]!, state: 'suspended' as const },
  }
  const { fakeDeps } = await import('../../testing/fake-deps.ts')
  await using waiting = await serve({}, { reader: slow, engine: fakeDeps(served.world).engine })

  const answer = await waiting.post('/v1/jobs', part, { Prefer: 'respond-async, wait=5' })

  assert.equal(answer.status, 202)
  assert.equal(answer.headers.get('preference-applied'), 'wait=5')
  assert.equal(looks, 3)
})

test('a full backlog is answered with when to come back, and what came before under its key as ever', async () => {
  await using served = await serve()
  const key = { 'Idempotency-Key': 'k-1' }
  const first = await served.post('/v1/jobs', part, key)
  served.world.room = 0

  const refused = await served.post('/v1/jobs', part)
  const repeated = await served.post('/v1/jobs', part, key)

  assert.deepEqual([refused.status, refused.at('code'), refused.at('retryAfter')], [429, 'limit.open_jobs', 7])
  assert.equal(refused.headers.get('retry-after'), '7')
  assert.deepEqual([repeated.status, repeated.at('id')], [200, first.at('id')])
  assert.equal(served.world.submitted.length, 1)
})
