import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { newId } from '@stageline/domain'
import { addJob } from '../../testing/fake-world.ts'
import { serve } from '../../testing/serve.ts'

const OTHER = '019a0000-0000-7000-8000-000000000002'

test('what belongs to another tenant is answered like what does not exist, to the byte', async () => {
  await using served = await serve()
  const foreign = addJob(served.world, { tenantId: OTHER })
  const paths = ['', '/result', '/history', '/input', '/document']

  for (const path of paths) {
    const mine = await served.ask(`/v1/jobs/${foreign.id}${path}`, { headers: { 'X-Request-Id': 'r' } })
    const none = await served.ask(`/v1/jobs/${newId()}${path}`, { headers: { 'X-Request-Id': 'r' } })
    assert.equal(mine.status, 404)
    assert.equal(mine.text.replace(foreign.id, ''), none.text.replace(/[0-9a-f-]{36}/, ''))
  }
  for (const verb of ['cancel', 'retry']) {
    const answer = await served.post(`/v1/jobs/${foreign.id}:${verb}`)
    assert.equal(answer.status, 404)
  }
  assert.equal(served.world.jobs.get(foreign.id)?.state, 'queued')
})

test('paths that try to leave their place are answered with 404', async () => {
  await using served = await serve()

  for (const id of ['..%2f..%2fetc', '%2e%2e%252f', 'a%00b', 'x'.repeat(5000), '%27%20or%201=1']) {
    const answer = await served.ask(`/v1/jobs/${id}`)
    assert.equal(answer.status, 404, id)
  }
})

test('a list is cut into pages that follow each other by their Link', async () => {
  await using served = await serve()
  for (let i = 0; i < 5; i++) addJob(served.world, { businessKey: 'K' })
  addJob(served.world, { businessKey: 'other' })

  const first = await served.ask('/v1/jobs?businessKey=K&limit=3')
  const link = /<(.+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
  const second = await served.ask(link)

  assert.match(link, /businessKey=K/)
  const ids = [...Object(first.body).items, ...Object(second.body).items].map(({ id }) => id)
  assert.equal(new Set(ids).size, 5)
  assert.equal(second.at('next'), null)
  assert.equal(second.headers.get('link'), null)
})

for (const [query, pointer] of [
  ['limit=201', '/query/limit'],
  ['state=lost', '/query/state/0'],
  ['colour=red', '/query/colour'],
  ['createdAfter=yesterday', '/query/createdAfter'],
]) {
  test(`the query ${query} is refused where it is wrong`, async () => {
    await using served = await serve()

    const answer = await served.ask(`/v1/jobs?${query}`)

    assert.deepEqual([answer.status, answer.at('errors.0.pointer')], [400, pointer])
  })
}

test('a cursor that is not one of ours is refused', async () => {
  await using served = await serve()

  const answer = await served.ask('/v1/jobs?cursor=abc')

  assert.deepEqual([answer.status, answer.at('code')], [400, 'request.bad_cursor'])
})

test('an action that the state does not allow is refused with the reason of the engine', async () => {
  await using served = await serve()
  const { id } = addJob(served.world, { state: 'completed' })

  const answer = await served.post(`/v1/jobs/${id}:cancel`)

  assert.deepEqual([answer.status, answer.at('code'), answer.at('reason')], [409, 'action.refused', 'job.final'])
  assert.deepEqual([answer.at('state'), answer.at('allowed')], ['completed', []])
})

test('retrying a job that has ended makes a new one that says whose it replays', async () => {
  await using served = await serve()
  const { id } = addJob(served.world, { state: 'completed' })

  const answer = await served.post(`/v1/jobs/${id}:retry`)
  const replay = await served.ask(answer.headers.get('location') ?? '')

  assert.equal(answer.status, 202)
  assert.equal(replay.at('replayOf'), id)
})

test('another method is answered with those that are allowed', async () => {
  await using served = await serve()

  const onList = await served.ask('/v1/jobs', { method: 'DELETE' })
  const onAction = await served.ask(`/v1/jobs/${newId()}:cancel`)
  const unknownVerb = await served.post(`/v1/jobs/${newId()}:explode`)

  assert.deepEqual([onList.status, onList.headers.get('allow')], [405, 'GET, HEAD, POST'])
  assert.deepEqual([onAction.status, onAction.headers.get('allow')], [405, 'POST'])
  assert.equal(unknownVerb.status, 404)
})

test('headers that would turn one method into another are not heard', async () => {
  await using served = await serve()
  const { id } = addJob(served.world)

  const answer = await served.ask(`/v1/jobs/${id}`, {
    headers: { 'X-HTTP-Method-Override': 'DELETE', 'X-Method-Override': 'POST' },
  })

  assert.equal(answer.status, 200)
})

test('a request and its trace can be found again', async () => {
  await using served = await serve()
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

  // By node:http, because fetch may be instrumented and would then send a trace of its own.
  const answer = await new Promise<{ id: unknown; text: string }>((resolve) =>
    request(`${served.url}/v1/jobs/none`, { headers: { traceparent, 'x-request-id': 'abc-1' } }, (response) => {
      response
        .setEncoding('utf8')
        .once('data', (text: string) => resolve({ id: response.headers['x-request-id'], text }))
    }).end(),
  )

  assert.equal(answer.id, 'abc-1')
  assert.equal(JSON.parse(answer.text).traceId, '0af7651916cd43dd8448eb211c80319c')
})

test('a job that has left for an archive is told as such, and refuses what would change it', async () => {
  await using served = await serve()
  const archivedAt = '2026-11-20T12:00:00.000Z'
  const job = addJob(served.world, { state: 'completed', archivedAt })

  const told = await served.ask(`/v1/jobs/${job.id}`)
  assert.deepEqual([told.status, told.at('archivedAt'), told.at('state')], [200, archivedAt, 'completed'])
  for (const [verb, body] of [
    ['cancel', {}],
    ['suspend', { reason: 'r' }],
    ['advance', { step: 'classification', output: {} }],
  ] as const) {
    const answer = await served.post(`/v1/jobs/${job.id}:${verb}`, body)
    assert.deepEqual([answer.status, answer.at('code'), answer.at('reason')], [409, 'action.refused', 'job.archived'])
    assert.match(String(answer.at('detail')), /:retry/)
  }
})
