import { SystemError, type Job } from '@stageline/domain'
import type { JobWrite } from '@stageline/engine/ports'
import { failureOf, successOf, waitFor, writeOf } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createJobStore } from './job-store.ts'
import { acceptJobs, deadlocks, openRecord, recordAll, withPool, type OpenRecord } from './testing/open-record.ts'

const first = (record: OpenRecord, job: Job, output: unknown = {}): JobWrite =>
  successOf(record.workflow, job, 'first', output, record.workerStore.now())

test('two writers at once: each job is won by one, and its history tells only that one', async () => {
  await using record = await openRecord()
  const jobs = await acceptJobs(record, 40)

  const [a, b] = await Promise.all([
    record.workerStore.record(jobs.map((job) => first(record, job, { by: 'a' }))),
    record.gatewayStore.record(jobs.map((job) => first(record, job, { by: 'b' }))),
  ])

  jobs.forEach((_, i) => assert.deepEqual([a[i]!.kind, b[i]!.kind].toSorted(), ['changed', 'recorded']))
  const entries = await record.sql(
    `SELECT job_id, count(*) FROM history WHERE step = 'first' GROUP BY job_id HAVING count(*) <> 1`,
  )
  assert.deepEqual(entries, [])
})

test('batches that name the same jobs in other orders never lock each other out', async () => {
  await using record = await openRecord()
  const [a, b, c, d] = (await acceptJobs(record, 4)).toSorted((x, y) => (x.id < y.id ? -1 : 1))
  const orders = [
    [a!, c!, b!],
    [b!, d!, a!],
  ]
  // Each holds its first row and waits for one of these two; then, were it not for the order, for the other's first.
  await record.sql('BEGIN')
  await record.sql('SELECT FROM jobs WHERE id IN ($1, $2) FOR UPDATE', [c!.id, d!.id])

  const rounds = await withPool(record, 'worker', 2, (db) => {
    const recording = orders.map((jobs) => createJobStore(db).record(jobs.map((job) => first(record, job))))
    void waitFor(() => waitingFor(record, 2)).then(() => record.sql('COMMIT'))
    return recording
  })

  assert.equal(rounds.flat().filter(({ kind }) => kind === 'recorded').length, 4)
  assert.equal(await deadlocks(record), 0)
})

test('what records and loads reads no table from end to end, however small it was when the plan was made', async () => {
  await using record = await openRecord()
  const jobs = await acceptJobs(record, 30)
  const scans = async () =>
    (
      await record.sql<{ n: number }>(`SELECT sum(seq_scan)::int AS n FROM pg_stat_user_tables
      WHERE relname IN ('jobs', 'payloads', 'messages') OR relname LIKE 'history%'`)
    )[0]!.n
  const before = await scans()

  await withPool(record, 'worker', 1, (db) => {
    const store = createJobStore(db)
    const refs = jobs.map(({ tenantId, id }) => ({ tenantId, jobId: id, step: 'first', fence: 1 }))
    return [store.load(refs).then(() => store.record(jobs.map((job) => first(record, job))))]
  })

  assert.equal(await scans(), before)
})

test('what is forgotten goes with the next record, and holds nothing up that somebody looks at', async () => {
  await using record = await openRecord()
  const [looked, worked, next] = await acceptJobs(record, 3)
  const messageOf = (job: Job | undefined) => job!.steps['first']!.message!
  await record.sql('BEGIN')
  await record.sql('SELECT FROM messages WHERE id = $1 FOR UPDATE', [messageOf(looked)])

  record.workerStore.forget([messageOf(looked), messageOf(worked)])
  const outcomes = await record.workerStore.record([first(record, next!)])

  await record.sql('COMMIT')
  const left = await record.sql<{ id: string }>('SELECT id FROM messages ORDER BY id')
  assert.deepEqual(outcomes, [{ kind: 'recorded' }])
  assert.deepEqual(
    left.map(({ id }) => id),
    [messageOf(looked), messageOf(next)].toSorted(),
  )
})

test('what processes of before queue is looked for as well', async () => {
  await using record = await openRecord()
  const [job] = await acceptJobs(record, 1)
  await record.sql('DELETE FROM messages')

  await record.sql(`UPDATE jobs SET check_at = stageline_now() - interval '1 s'`)
  await record.sql(`UPDATE jobs SET check_at = stageline_now() + interval '1 s'`)

  const [taken, ...more] = await record.workerStore.takeUnchecked(10)
  const id = job!.steps['first']!.message
  assert.deepEqual(taken, { id, tenantId: record.tenantId, stage: 'alpha', jobs: [job!.id], looks: 1 })
  assert.deepEqual(more, [])
  await recordAll(record, [first(record, job!)])
})

test('an unclear commit that is repeated changes nothing', async () => {
  await using record = await openRecord()
  const [job] = await acceptJobs(record, 1)
  const write = failureOf(record.workflow, job!, 'first', record.workerStore.now())

  const once = await record.workerStore.record([write])
  const again = await record.workerStore.record([write])

  assert.deepEqual(once, [{ kind: 'recorded' }])
  assert.ok(again[0]?.kind === 'changed')
  assert.equal(again[0].job.revision, write.after.revision)
  assert.deepEqual(await record.sql(`SELECT state FROM tasks`), [{ state: 'new' }])
})

test('an acceptance that is repeated changes nothing, with a key and without', async () => {
  await using record = await openRecord()
  const jobs = [record.make(), record.make({ idempotency: { operation: 'submit', key: 'k', fingerprint: 'f' } })]

  const once = await record.gatewayStore.accept(record.tenantId, jobs)
  const again = await record.gatewayStore.accept(record.tenantId, jobs)

  assert.deepEqual(again, once)
  assert.deepEqual(await record.sql('SELECT count(*)::int AS n FROM jobs'), [{ n: 2 }])
  assert.deepEqual((await record.reader.counts(record.tenantId)).jobs, { queued: 2 })
})

test('while the database is away the store says so, and works again afterwards', async () => {
  await using record = await openRecord()
  const [job] = await acceptJobs(record, 1)
  await record.workerStore.read([{ tenantId: record.tenantId, jobId: job!.id }])
  await allowConnections(record, 0)
  await record.sql(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'worker' AND datname = current_database()`,
  )

  const away = record.workerStore.record([first(record, job!)])

  await assert.rejects(away, (error) => error instanceof SystemError && error.code === 'store.unavailable')
  await allowConnections(record, -1)
  assert.deepEqual(await record.workerStore.record([first(record, job!)]), [{ kind: 'recorded' }])
})

test('two that take what is due at once take each job once', async () => {
  await using record = await openRecord()
  const jobs = await acceptJobs(record, 60)
  const claims = jobs.map((job) =>
    writeOf(
      record.workflow,
      job,
      { kind: 'claimed', step: 'first', fence: 1, leaseMs: 10_000, crashed: false, worker: 'w' },
      record.workerStore.now(),
    ),
  )
  await recordAll(record, claims)
  await record.shiftClock(11_000)

  const rounds = await withPool(record, 'worker', 4, (db) =>
    Array.from({ length: 4 }, () => createJobStore(db).takeDue(40)),
  )

  const taken = rounds.flat()
  assert.equal(new Set(taken.map(({ id }) => id)).size, taken.length)
  assert.ok(taken.length >= 40)
})

test('one task is open for a step at a time, and a verdict closes it in the commit of the job', async () => {
  await using record = await openRecord()
  const [job] = await acceptJobs(record, 1)
  const now = record.workerStore.now()
  const failed = failureOf(record.workflow, job!, 'first', now)
  await recordAll(record, [failed])
  const verdict = {
    kind: 'verdict',
    step: 'first',
    verdict: 'retry',
    input: { better: 1 },
    actor: 'reviewer',
    reason: 'typo',
  } as const
  const retried = writeOf(record.workflow, failed.after, verdict, now)

  await recordAll(record, [retried])
  await recordAll(record, [failureOf(record.workflow, retried.after, 'first', now)])

  const tasks = await record.sql('SELECT state, verdict, verdict_by FROM tasks ORDER BY created_at')
  assert.deepEqual(tasks, [
    { state: 'completed', verdict: 'retry', verdict_by: 'reviewer' },
    { state: 'new', verdict: null, verdict_by: null },
  ])
})

test('values with quotes, backslashes and line breaks come back as they were', async () => {
  await using record = await openRecord()
  const odd = 'a "b" \\ c\n{d},é NULL'
  const one = record.make({ tags: [odd, 'x'], businessKey: odd, seed: { actor: odd } })

  await record.gatewayStore.accept(record.tenantId, [{ ...one, job: { ...one.job, warnings: [odd] } }])

  const view = await record.reader.job(record.tenantId, one.job.id)
  assert.deepEqual([view?.tags, view?.businessKey, view?.job.warnings], [[odd, 'x'], odd, [odd]])
  assert.equal((await record.reader.history(record.tenantId, one.job.id))[0]?.actor, odd)
})

test('the store tells the time of the database, however its clock is set', async () => {
  await using record = await openRecord()

  await record.shiftClock(86_400_000)

  const [{ now } = { now: 0 }] = await record.sql(`SELECT extract(epoch FROM stageline_clock()) * 1000 AS now`)
  assert.ok(Math.abs(record.workerStore.now().getTime() - Number(now)) < 500)
})

async function allowConnections(record: OpenRecord, limit: number): Promise<void> {
  const [row] = await record.sql<{ name: string }>('SELECT current_database() AS name')
  await record.sql(`ALTER DATABASE ${row!.name} CONNECTION LIMIT ${limit}`)
}

/** Whether so many statements wait for a lock. */
async function waitingFor(record: OpenRecord, count: number): Promise<boolean> {
  const text = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  return (await record.sql(text)).length === count
}
