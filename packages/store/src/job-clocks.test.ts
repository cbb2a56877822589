import type { JobWrite, SlaRecordView } from '@stageline/engine/ports'
import { failureOf, successOf, writeOf } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createJobStore } from './job-store.ts'
import { createMaintenance } from './maintenance.ts'
import { MINUTE, openPromises } from './testing/open-promises.ts'
import { acceptJobs, deadlocks, recordAll, withPool } from './testing/open-record.ts'

test('a job and each of its stages are timed from their begin to their end', async () => {
  await using given = await openPromises({ subject: 'job' }, { subject: 'stage' })
  const { record } = given
  const [job] = await acceptJobs(record, 1)
  const begun = await given.clocksOf(job!.id)
  await given.pass(MINUTE)
  const first = successOf(record.workflow, job!, 'first', {}, given.now())
  await recordAll(record, [first])
  const between = await given.clocksOf(job!.id)
  await given.pass(MINUTE)
  await recordAll(record, [successOf(record.workflow, first.after, 'second', {}, given.now())])

  assert.deepEqual(states(begun), { job: 'running', first: 'running' })
  assert.deepEqual(states(between), { job: 'running', first: 'met', second: 'running' })
  assert.deepEqual(states(await given.clocksOf(job!.id)), { job: 'met', first: 'met', second: 'met' })
  const second = (await given.clocksOf(job!.id)).find(({ step }) => step === 'second')!
  assert.deepEqual([second.stage, second.workflow, second.subject], ['beta', 'two-steps', 'stage'])
  const tookMs = Date.parse(second.stoppedAt!) - Date.parse(second.startedAt)
  assert.ok(tookMs >= MINUTE && tookMs < 2 * MINUTE, `${tookMs} ms`)
})

test('a stage that was begun and ended in one commit has kept its promise', async () => {
  await using given = await openPromises({ subject: 'stage' })
  const { record } = given
  const [job] = await acceptJobs(record, 1)
  const first = successOf(record.workflow, job!, 'first', {}, given.now())
  const second = successOf(record.workflow, first.after, 'second', {}, given.now())
  const both = { ...second, before: first.before, history: [...first.history, ...second.history] }
  await recordAll(record, [{ ...both, after: { ...second.after, revision: first.after.revision } }])

  assert.deepEqual(states(await given.clocksOf(job!.id)), { first: 'met', second: 'met' })
})

test('where nothing is promised no row is kept, and other workflows and stages go on without', async () => {
  await using given = await openPromises(
    { subject: 'stage', stage: 'beta' },
    { subject: 'job', workflow: 'other' },
    { subject: 'job', active: false },
  )
  const { record } = given
  const [job] = await acceptJobs(record, 1)
  const before = await given.clocksOf(job!.id)
  await recordAll(record, [successOf(record.workflow, job!, 'first', {}, given.now())])

  assert.deepEqual([states(before), states(await given.clocksOf(job!.id))], [{}, { second: 'running' }])
})

test('of the promises that fit the one that says most counts', async () => {
  await using given = await openPromises(
    { subject: 'stage', limitMs: MINUTE },
    { subject: 'stage', workflow: 'two-steps', limitMs: 2 * MINUTE },
    { subject: 'stage', stage: 'alpha', limitMs: 3 * MINUTE },
    { subject: 'stage', stage: 'beta', workflow: 'two-steps', limitMs: 4 * MINUTE },
    { subject: 'stage', stage: 'beta', limitMs: 5 * MINUTE },
  )
  const { record } = given
  const [job] = await acceptJobs(record, 1)
  await recordAll(record, [successOf(record.workflow, job!, 'first', {}, given.now())])

  const limits = Object.fromEntries(
    (await given.clocksOf(job!.id)).map(({ step, limitMs }) => [step, limitMs / MINUTE]),
  )
  assert.deepEqual(limits, { first: 3, second: 4 })
})

test('a breach is told once, while the job still runs, and its worker goes on', async () => {
  await using given = await openPromises({ subject: 'job', escalatePriority: 0.9 }, { subject: 'stage' })
  const { record } = given
  const [late] = await acceptJobs(record, 1)
  await given.pass(9 * MINUTE)
  const [bystander] = await acceptJobs(record, 1)
  const atRisk = await given.list({ state: 'at_risk' })
  const { now } = await given.book.figures(record.tenantId, 1)
  await given.pass(2 * MINUTE)

  const found = await Promise.all(Array.from({ length: 4 }, () => given.breachDue()))

  assert.equal(
    found.reduce((sum, n) => sum + n),
    2,
  )
  assert.deepEqual(now, { running: 4, atRisk: 2, paused: 0 })
  assert.deepEqual([atRisk.length, new Set(atRisk.map(({ jobId }) => jobId))], [2, new Set([late!.id])])
  assert.deepEqual(states(await given.clocksOf(bystander!.id)), { job: 'running', first: 'running' })
  const read = await given.read(late!.id)
  assert.deepEqual([read!.state, read!.seq, read!.priority], [late!.state, late!.seq + 2, 0.9])
  const told = (await given.history(late!.id)).filter(({ event }) => event === 'sla_breached')
  assert.deepEqual(
    told.map(({ seq, step, stage, jobFrom, jobTo, actor }) => [seq, step, stage, jobFrom, jobTo, actor]),
    told.map(({ seq, step }) => [seq, step, step && 'alpha', late!.state, late!.state, 'stageline']),
  )
  assert.deepEqual(new Set(told.map(({ step }) => step)), new Set([null, 'first']))

  const outcome = await record.workerStore.record([successOf(record.workflow, late!, 'first', {}, given.now())])
  assert.equal(outcome[0]?.kind, 'changed', 'who has read the job before reads it again')
  await recordAll(record, [successOf(record.workflow, read!, 'first', {}, given.now())])
  const clocks = await given.clocksOf(late!.id)
  assert.deepEqual(states(clocks), { job: 'breached', first: 'breached', second: 'running' })
  assert.ok(clocks.find(({ step }) => step === 'first')!.stoppedAt)
})

test('a job that ends late before anybody has noticed has broken its promise; its history is sealed afterwards', async () => {
  await using given = await openPromises({ subject: 'job' })
  const { record } = given
  const [job] = await acceptJobs(record, 1)
  await given.pass(11 * MINUTE)
  await recordAll(record, [cancelled(given, job!)])
  const { sealFinished } = createMaintenance(record.worker)

  const early = await sealFinished(10)
  const found = [await given.breachDue(), await given.breachDue()]
  const sealed = await sealFinished(10)

  assert.deepEqual([early, found, sealed], [0, [1, 0], 1])
  const [row] = await record.sql<{ ok: boolean }>(
    'SELECT seal = history_hash(tenant_id, id) AS ok FROM jobs WHERE id = $1',
    [job!.id],
  )
  assert.deepEqual([row?.ok, (await given.history(job!.id)).at(-1)?.event], [true, 'sla_breached'])
})

test('what is cancelled in time has not broken its promise', async () => {
  await using given = await openPromises({ subject: 'job' }, { subject: 'stage' })
  const { record } = given
  const [job] = await acceptJobs(record, 1)
  await recordAll(record, [cancelled(given, job!)])
  await given.pass(11 * MINUTE)

  assert.equal(await given.breachDue(), 0)
  assert.deepEqual(states(await given.clocksOf(job!.id)), { job: 'cancelled', first: 'cancelled' })
  const figures = await given.book.figures(record.tenantId, 2)
  assert.deepEqual(figures, { now: { running: 0, atRisk: 0, paused: 0 }, weeks: [] })
})

test('clocks stand while it is a person’s turn, where the promise says so', async () => {
  await using given = await openPromises({ subject: 'job', pausesWhileSuspended: true }, { subject: 'stage' })
  const { record } = given
  const [job] = await acceptJobs(record, 1)
  await given.pass(6 * MINUTE)
  const failed = failureOf(record.workflow, job!, 'first', given.now())
  await recordAll(record, [failed])
  const review = await given.clocksOf(job!.id)
  const figures = await given.book.figures(record.tenantId, 1)
  await given.pass(60 * MINUTE)
  const ofStage = await given.breachDue()
  const read = await given.read(job!.id)
  const retry = { kind: 'verdict', step: 'first', verdict: 'retry', actor: 'ann', reason: 'r' } as const
  await recordAll(record, [writeOf(record.workflow, read!, retry, given.now())])
  await given.pass(3 * MINUTE)
  const early = await given.breachDue()
  await given.pass(2 * MINUTE)

  assert.deepEqual(states(review), { job: 'paused', first: 'running' })
  assert.deepEqual(figures.now, { running: 2, atRisk: 0, paused: 1 }, 'the clock of the review task is told, too')
  assert.deepEqual([ofStage, early, await given.breachDue()], [1, 0, 1])
  const clock = (await given.clocksOf(job!.id)).find(({ subject }) => subject === 'job')!
  assert.equal(clock.state, 'breached')
  assert.ok(clock.pausedMs >= 60 * MINUTE && clock.pausedMs < 61 * MINUTE, `${clock.pausedMs}`)
})

test('clocks stand while something outside is waited for, where the promise says so, and both kinds of rest are one', async () => {
  const both = { pausesWhileWaiting: true, pausesWhileSuspended: true }
  await using given = await openPromises({ subject: 'job' }, { subject: 'stage', ...both })
  const { record } = given
  const [job] = await acceptJobs(record, 1)
  const failure = { kind: 'rate_limited', code: 'test.limited', message: 'Later', retryAfterMs: MINUTE } as const
  const outcome = {
    kind: 'failed',
    step: 'first',
    fence: job!.steps['first']!.fence,
    worker: 'worker-1',
    failure,
  } as const
  const limited = writeOf(record.workflow, job!, { ...outcome, startedAt: given.now().toISOString() }, given.now())
  await recordAll(record, [limited])
  const waiting = states(await given.clocksOf(job!.id))
  await given.pass(5 * MINUTE)
  const suspended = writeOf(
    record.workflow,
    limited.after,
    { kind: 'suspended', actor: 'ann', reason: 'r' },
    given.now(),
  )
  await recordAll(record, [suspended])
  await given.pass(10 * MINUTE)
  const ofJob = await given.breachDue()
  await recordAll(record, [cancelled(given, (await given.read(job!.id))!)])

  assert.deepEqual([limited.after.state, suspended.after.state, ofJob], ['waiting', 'suspended', 1])
  assert.deepEqual(waiting, { job: 'running', first: 'paused' })
  const [stage] = (await given.clocksOf(job!.id)).filter(({ step }) => step === 'first')
  assert.equal(stage!.state, 'cancelled')
  assert.ok(stage!.pausedMs >= 15 * MINUTE && stage!.pausedMs < 16 * MINUTE, `${stage!.pausedMs}`)
})

test('those who work jobs and those who look for breaches get in nobody’s way', async () => {
  await using given = await openPromises({ subject: 'job' }, { subject: 'stage' })
  const { record } = given
  const jobs = await acceptJobs(record, 60)
  await given.pass(11 * MINUTE)
  const work = async (store: ReturnType<typeof createJobStore>, some: typeof jobs) => {
    for (let left = some; left.length > 0;) {
      const outcomes = await store.record(left.map((job) => successOf(record.workflow, job, 'first', {}, given.now())))
      left = outcomes.flatMap((outcome) => (outcome.kind === 'changed' ? [outcome.job] : []))
    }
  }
  const look = async ({ breachDue }: ReturnType<typeof createMaintenance>) => {
    for (let times = 0; times < 15; times += 1) await breachDue(7)
  }

  await withPool(record, 'worker', 6, (db) => [
    ...[0, 20, 40].map((from) => work(createJobStore(db), jobs.slice(from, from + 20))),
    ...[1, 2, 3].map(() => look(createMaintenance(db))),
  ])
  while ((await given.breachDue()) > 0);

  const clocks = await record.sql(
    `SELECT subject, stage, state, count(*)::int AS n FROM job_sla_records GROUP BY 1, 2, 3 ORDER BY 1, 2`,
  )
  assert.deepEqual(clocks, [
    { subject: 'job', stage: null, state: 'breached', n: 60 },
    { subject: 'stage', stage: 'alpha', state: 'breached', n: 60 },
    { subject: 'stage', stage: 'beta', state: 'running', n: 60 },
  ])
  const told = await record.sql(`SELECT step, count(*)::int AS n, count(DISTINCT job_id)::int AS jobs FROM history
    WHERE event = 'sla_breached' GROUP BY 1 ORDER BY 1`)
  assert.deepEqual(told, [
    { step: 'first', n: 60, jobs: 60 },
    { step: null, n: 60, jobs: 60 },
  ])
  const counted =
    await record.sql(`SELECT kind, state, sum(delta)::int AS n FROM counters WHERE kind LIKE 'sla%' GROUP BY 1, 2
    HAVING sum(delta) <> 0 ORDER BY 1`)
  assert.deepEqual(counted, [
    { kind: 'sla', state: 'running', n: 60 },
    { kind: 'sla_week', state: 'breached', n: 120 },
  ])
  assert.equal(await deadlocks(record), 0)
})

test('figures tell jobs and stages beside tasks, and what is kept is its tenant’s own', async () => {
  await using given = await openPromises({ subject: 'job' }, { subject: 'stage', stage: 'alpha' })
  const { record, book } = given
  const [done] = await acceptJobs(record, 2)
  const first = successOf(record.workflow, done!, 'first', {}, given.now())
  await recordAll(record, [first])
  await recordAll(record, [successOf(record.workflow, first.after, 'second', {}, given.now())])
  const { now } = await book.figures(record.tenantId, 1)
  await given.pass(11 * MINUTE)
  await given.breachDue()
  const other = await record.addTenant('other')

  assert.deepEqual(now, { running: 2, atRisk: 0, paused: 0 })
  const { weeks } = await book.figures(record.tenantId, 2)
  const sum = (subject: string) =>
    weeks
      .filter((week) => week.subject === subject)
      .map(({ workflow, stage, met, breached }) => [workflow, stage, met, breached])
  assert.deepEqual([sum('job'), sum('stage')], [[['two-steps', null, 1, 1]], [['two-steps', 'alpha', 1, 1]]])
  assert.equal((await given.list({ subject: 'stage', stage: 'alpha' })).length, 2)
  assert.equal((await given.list({ subject: 'stage', stage: 'beta' })).length, 0)
  assert.deepEqual((await book.records(other, {}, { limit: 10 })).items, [])
  assert.deepEqual((await book.figures(other, 2)).weeks, [])
})

const cancelled = ({ record, now }: Given, job: JobWrite['before']): JobWrite =>
  writeOf(record.workflow, job, { kind: 'cancelled', actor: 'ann', reason: 'r' }, now())

const states = (clocks: readonly SlaRecordView[]): Record<string, string> =>
  Object.fromEntries(clocks.map(({ step, subject, state }) => [step ?? subject, state]))

type Given = Awaited<ReturnType<typeof openPromises>>
