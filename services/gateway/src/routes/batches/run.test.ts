import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TENANT } from '../../testing/fake-world.ts'
import { serve, type Served } from '../../testing/serve.ts'

async function setup(): Promise<Served> {
  const served = await serve()
  const from = { kind: 'duckdb', file: 'parts.csv' } as const
  await served.world.runs.put(TENANT, { key: 'parts', from, keyColumn: 'id', markColumn: 'seen' }, 'x', null)
  await served.world.runs.put(TENANT, { key: 'plain', from }, 'x', null)
  return served
}

const BODY = { source: 'parts', workflow: 'part', limit: 10, filter: { minPriority: 0.7 }, force: 'person' }

test('a run begins with what was asked for, of new records where the source has a mark', async () => {
  await using served = await setup()

  const answer = await served.post('/v1/batches', BODY)
  const plain = await served.post('/v1/batches', { source: 'plain', workflow: 'part' })

  assert.equal(answer.status, 202, answer.text)
  assert.equal(answer.headers.get('location'), `/v1/batches/${String(answer.at('id'))}`)
  const { state, limit, force, onlyNew, filter } = Object(answer.at('run'))
  assert.deepEqual([state, limit, force, onlyNew, filter], ['waiting', 10, 'person', true, { minPriority: 0.7 }])
  assert.equal(answer.at('percent'), 0)
  assert.equal(plain.at('run.onlyNew'), false)
  assert.equal((await served.world.runs.take('o', 1_000))?.columns.markColumn, 'seen')
})

test('a request that is repeated with its key gives the same batch', async () => {
  await using served = await setup()
  const key = { 'Idempotency-Key': 'monday' }

  const first = await served.post('/v1/batches', BODY, key)
  const again = await served.post('/v1/batches', BODY, key)
  const other = await served.post('/v1/batches', { ...BODY, limit: 11 }, key)

  assert.deepEqual(
    [again.status, again.at('id'), again.headers.get('idempotency-replayed')],
    [200, first.at('id'), 'true'],
  )
  assert.deepEqual([other.status, other.at('code')], [422, 'idempotency.other_body'])
})

test('what cannot run is refused before anything is stored', async () => {
  await using served = await setup()

  const source = await served.post('/v1/batches', { source: 'nothing', workflow: 'part' })
  const workflow = await served.post('/v1/batches', { ...BODY, workflow: 'nothing' })
  const mark = await served.post('/v1/batches', { source: 'plain', workflow: 'part', onlyNew: true })
  const inherited = await served.post('/v1/batches', { ...BODY, limit: 0 })

  assert.deepEqual([source.at('code'), source.at('errors.0.detail')], ['source.unknown', 'Known sources: parts, plain'])
  assert.deepEqual([workflow.at('code'), mark.at('errors.0.pointer')], ['workflow.unknown', '/onlyNew'])
  assert.equal(inherited.status, 400)
  assert.equal(served.world.batches.size, 0)
})

test('of two batches of new records the second is refused until the first is stopped', async () => {
  await using served = await setup()

  const first = await served.post('/v1/batches', BODY)
  const second = await served.post('/v1/batches', BODY)
  const stopped = await served.post(`/v1/batches/${String(first.at('id'))}:stop`)
  const third = await served.post('/v1/batches', BODY)

  assert.deepEqual([second.status, second.at('code')], [409, 'batch.under_way'])
  assert.deepEqual([stopped.at('run.state'), third.status], ['stopped', 202])
})

test('a file is kept for the run, and not where the request is wrong', async () => {
  await using served = await setup()
  const upload = (fields: Record<string, string>) => {
    const body = new FormData()
    for (const [name, value] of Object.entries(fields)) body.append(name, value)
    body.append('file', new Blob(['mpn,score\nX1,0.9\n']), 'parts.csv')
    return served.ask('/v1/batches:upload', { method: 'POST', body })
  }

  const wrong = await upload({ mapping: 'record.mpn' })
  const unknown = await upload({ workflow: 'nothing' })
  assert.deepEqual(
    [wrong.status, wrong.at('errors.0.pointer'), unknown.status, served.world.blobs.size],
    [400, '/mapping', 422, 0],
  )
  const fine = await upload({ mapping: '{"record.mpn":"mpn"}', keyColumn: 'mpn', limit: '5', dryRun: 'true' })

  const taken = await served.world.runs.take('o', 1_000)
  assert.deepEqual([fine.status, fine.at('name'), fine.at('run.source')], [202, 'parts.csv', null])
  assert.deepEqual([taken?.columns, taken?.request.limit], [{ mapping: { 'record.mpn': 'mpn' }, keyColumn: 'mpn' }, 5])
  assert.equal(served.world.blobs.size, 1)
})

test('when the last job ends is told by the pace so far', async () => {
  await using served = await setup()
  const id = '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6083'
  const createdAt = new Date(served.world.now.getTime() - 60_000).toISOString()
  served.world.batches.set(id, {
    id,
    name: null,
    actor: 'x',
    createdAt,
    total: 40,
    byState: { completed: 10, queued: 30 },
  })

  const batch = await served.ask(`/v1/batches/${id}`)

  assert.equal(Date.parse(String(batch.at('etaAt'))) - served.world.now.getTime(), 180_000)
  assert.equal(batch.at('percent'), 25)
})
