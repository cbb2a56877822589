import { newId } from '@stageline/domain'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createJobStore } from './job-store.ts'
import { deadlocks, openRecord, withPool } from './testing/open-record.ts'

const key = (name: string, fingerprint = 'body') => ({ operation: 'submit', key: name, fingerprint })

test('a hundred equal requests at once make one job', async () => {
  await using record = await openRecord()
  const requests = Array.from({ length: 100 }, () => record.make({ idempotency: key('k') }))

  const answers = (await Promise.all(requests.map((one) => record.gatewayStore.accept(record.tenantId, [one])))).flat()

  const accepted = answers.filter(({ kind }) => kind === 'accepted')
  assert.equal(accepted.length, 1)
  assert.ok(answers.every(({ kind }) => ['accepted', 'replayed', 'in_flight'].includes(kind)))
  assert.ok(
    answers.every(
      (answer) => !('jobId' in answer) || (accepted[0]?.kind === 'accepted' && answer.jobId === accepted[0].jobId),
    ),
  )
  assert.deepEqual(await record.sql('SELECT count(*)::int AS n FROM jobs'), [{ n: 1 }])
})

test('a request is told when its twin is under way', async () => {
  await using record = await openRecord()
  await record.sql('BEGIN')
  await record.sql(`SELECT pg_advisory_xact_lock(hashtextextended($1, 7220432))`, [`${record.tenantId}/submit/k`])

  const during = await record.gatewayStore.accept(record.tenantId, [record.make({ idempotency: key('k') })])
  await record.sql('ROLLBACK')
  const after = await record.gatewayStore.accept(record.tenantId, [record.make({ idempotency: key('k') })])

  assert.deepEqual(during, [{ kind: 'in_flight' }])
  assert.equal(after[0]?.kind, 'accepted')
})

test('many requests with keys in common, in any order, never block each other for good', async () => {
  await using record = await openRecord()
  const names = Array.from({ length: 200 }, (_, i) => `line-${i}`)
  const batchId = newId()
  const bulk = (order: string[]) => order.map((name) => record.make({ idempotency: key(name), seed: { batchId } }))

  const answers = await withPool(record, 'gateway', 2, (db) =>
    [names, names.toReversed()].map((order) => createJobStore(db).accept(record.tenantId, bulk(order))),
  )

  const [forth, back] = [answers[0]!, answers[1]!.toReversed()]
  names.forEach((_, i) => {
    assert.deepEqual([forth[i]!.kind, back[i]!.kind].toSorted(), ['accepted', 'replayed'])
    assert.equal('jobId' in forth[i]! && forth[i].jobId, 'jobId' in back[i]! && back[i].jobId)
  })
  assert.deepEqual(await record.sql('SELECT count(*)::int AS n FROM jobs'), [{ n: 200 }])
  assert.equal(await deadlocks(record), 0)
})

test('a key that comes twice in one request goes to the first line', async () => {
  await using record = await openRecord()
  const lines = [
    record.make({ idempotency: key('k') }),
    record.make({ idempotency: key('k') }),
    record.make({ idempotency: key('k', 'other') }),
  ]

  const answers = await record.gatewayStore.accept(record.tenantId, lines)

  const jobId = lines[0]!.job.id
  assert.deepEqual(answers, [
    { kind: 'accepted', jobId },
    { kind: 'replayed', jobId },
    { kind: 'other_body', jobId },
  ])
})

test('a key is free again after a day', async () => {
  await using record = await openRecord()
  const submit = () => record.gatewayStore.accept(record.tenantId, [record.make({ idempotency: key('k') })])
  await submit()

  await record.shiftClock(23 * 3_600_000)
  const [sameDay] = await submit()
  await record.shiftClock(2 * 3_600_000)
  const [nextDay] = await submit()

  assert.equal(sameDay?.kind, 'replayed')
  assert.equal(nextDay?.kind, 'accepted')
})

test('keys of one tenant are nothing to another', async () => {
  await using record = await openRecord()
  const other = await record.addTenant('other')
  const foreign = record.make({ idempotency: key('k'), seed: { tenantId: other } })
  await record.gatewayStore.accept(record.tenantId, [record.make({ idempotency: key('k') })])

  const [answer] = await record.gatewayStore.accept(other, [foreign])

  assert.equal(answer?.kind, 'accepted')
})

test('more jobs than a transaction takes are accepted in their order', async () => {
  await using record = await openRecord()
  const jobs = Array.from({ length: 1_203 }, () => record.make())

  const answers = await record.gatewayStore.accept(record.tenantId, jobs)

  assert.deepEqual(
    answers,
    jobs.map(({ job }) => ({ kind: 'accepted', jobId: job.id })),
  )
})

test('a job that cannot be stored is refused whole', async () => {
  await using record = await openRecord()

  const accepting = record.gatewayStore.accept(record.tenantId, [
    record.make({ input: { text: 'a\u0000' }, idempotency: key('k') }),
  ])

  await assert.rejects(accepting, { code: 'job.unstorable' })
  assert.deepEqual(await record.sql('SELECT count(*)::int AS n FROM idempotency_keys'), [{ n: 0 }])
})
