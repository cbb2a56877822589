import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addJob, TENANT } from '../../testing/fake-world.ts'
import { serve, type Served } from '../../testing/serve.ts'

function addJobs({ world }: Served) {
  const suspended = [1, 2].map(() => addJob(world, { state: 'suspended', tags: ['monday'] }))
  addJob(world, { state: 'completed', tags: ['monday'] })
  addJob(world, { state: 'suspended' })
  world.now = new Date(Date.now() + 1_000)
  return suspended
}

/** What an orchestrator does. */
async function work({ world }: Served) {
  const action = (await world.bulk.take('o', 20_000))!
  await world.bulk.choose(action, 'o', 20_000, 100)
  const [first, second] = await world.bulk.next(action, null, 100)
  const items = [
    { jobId: first!, outcome: 'done' as const, code: null, detail: null, at: null },
    { jobId: second!, outcome: 'skipped' as const, code: 'job.moved_on', detail: 'It is queued', at: null },
  ]
  await world.bulk.note(action, 'o', 20_000, {
    progress: { done: 1, skipped: 1, failed: 0, reasons: { 'job.moved_on': 1 } },
    items,
  })
  return action
}

test('a dry run counts and shows what would be chosen, and changes nothing', async () => {
  await using served = await serve()
  const suspended = addJobs(served)

  const answer = await served.post('/v1/jobs:retry', { filter: { tag: 'monday' }, dryRun: true })

  assert.deepEqual(
    [answer.status, answer.at('count'), answer.at('isExact'), answer.at('byState')],
    [200, 2, true, { suspended: 2 }],
  )
  const shown = Object(answer.at('sample')) as { id: string }[]
  assert.ok(suspended.every(({ id }) => shown.some((job) => job.id === id)))
  assert.deepEqual((await served.world.bulk.actions.list(TENANT, { limit: 5 })).items, [])
})

test('it begins with what was asked for, and says how far it is', async () => {
  await using served = await serve()
  addJobs(served)
  const filter = { tag: 'monday', createdAfter: '2026-01-01T00:00:00.000Z' }

  const begun = await served.post('/v1/jobs:resume', { filter, reason: 'The model is back' })
  const address = String(begun.headers.get('location'))
  assert.deepEqual([begun.status, begun.at('state'), begun.at('percent')], [202, 'waiting', 0])
  assert.deepEqual(begun.at('filter'), { ...filter, state: ['suspended'] })
  const action = await work(served)
  const half = await served.ask(address)
  await served.world.bulk.end(action, 'o', 'completed', null)
  const ended = await served.ask(address)
  const result = await served.ask(`${address}/result`)

  assert.deepEqual([half.at('state'), half.at('total'), half.at('percent')], ['running', 2, 100])
  assert.deepEqual([ended.at('state'), ended.at('done'), ended.at('reasons')], ['completed', 1, { 'job.moved_on': 1 }])
  const lines = result.text.trim().split('\n')
  assert.deepEqual(
    lines
      .map((line) => JSON.parse(line) as { outcome: string; code: string | null })
      .map(({ outcome, code }) => [outcome, code]),
    [
      ['done', null],
      ['skipped', 'job.moved_on'],
    ],
  )
})

test('what would take all jobs, or ones that have ended, is refused', async () => {
  await using served = await serve()

  const empty = await served.post('/v1/jobs:cancel', { filter: {} })
  const none = await served.post('/v1/jobs:cancel', {})
  const ended = await served.post('/v1/jobs:retry', { filter: { state: ['suspended', 'completed'] } })
  const unknown = await served.post('/v1/jobs:cancel', { filter: { sate: ['queued'] } })
  const silent = await served.post('/v1/jobs:suspend', { filter: { workflow: 'part' } })

  assert.deepEqual(
    [empty, none, ended, unknown, silent].map((answer) => [answer.status, answer.at('errors.0.pointer')]),
    [
      [400, '/filter'],
      [400, '/filter'],
      [400, '/filter/state'],
      [400, '/filter/sate'],
      [400, '/reason'],
    ],
  )
  assert.match(String(ended.at('detail')), /completed cannot be meant: only retrying, failed, suspended/)
})

test('a request that is repeated with its key begins nothing new', async () => {
  await using served = await serve()
  const key = { 'Idempotency-Key': 'k' }
  const body = { filter: { workflow: 'part' } }

  const first = await served.post('/v1/jobs:cancel', body, key)
  const again = await served.post('/v1/jobs:cancel', body, key)
  const other = await served.post('/v1/jobs:retry', body, key)

  assert.deepEqual(
    [again.status, again.at('id'), again.headers.get('idempotency-replayed')],
    [202, first.at('id'), 'true'],
  )
  assert.deepEqual([other.status, other.at('code')], [422, 'idempotency.other_body'])
})

test('it is stopped by name, listed, and another tenant does not see it', async () => {
  await using served = await serve()
  addJobs(served)
  const begun = await served.post('/v1/jobs:cancel', { filter: { tag: 'monday' } })
  const address = String(begun.headers.get('location'))

  const stopped = await served.post(`${address}:stop`)
  const list = await served.ask('/v1/bulk-actions')

  assert.deepEqual([stopped.at('state'), typeof stopped.at('stoppedBy')], ['stopping', 'string'])
  assert.deepEqual([list.at('items.0.id'), list.at('next')], [begun.at('id'), null])
  const foreign = { id: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60ff', kind: 'cancel', filter: { state: ['queued'] } } as const
  await served.world.bulk.actions.begin('another', { ...foreign, reason: null, actor: 'x' }, null)
  assert.equal((await served.ask(`/v1/bulk-actions/${foreign.id}`)).status, 404)
  assert.equal((await served.ask(`/v1/bulk-actions/${foreign.id}/result`)).status, 404)
})
