import { failureOf, successOf, writeOf } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFigures } from './figures.ts'
import { createMaintenance } from './maintenance.ts'
import { acceptJobs, openRecord, recordAll } from './testing/open-record.ts'

const HOUR = 3_600_000

async function setup() {
  const record = await openRecord()
  const [done, open] = await acceptJobs(record, 2)
  const now = record.workerStore.now()
  const first = successOf(record.workflow, done!, 'first', {}, now)
  await recordAll(record, [first])
  await recordAll(record, [successOf(record.workflow, first.after, 'second', {}, now)])
  return { record, figures: createFigures(record.gateway), done: done!, open: open! }
}

test('a window tells jobs, states, stages and rates of its tenant only', async () => {
  const { record, figures } = await setup()
  await using _record = record
  const other = await record.addTenant('other')

  const window = await figures.window(record.tenantId, HOUR)
  const nothing = await figures.window(other, HOUR)

  const { jobs, completed, gaveUp, automated, automatedWell, isShortened } = window
  assert.deepEqual([jobs, completed, gaveUp, automated, automatedWell, isShortened], [2, 1, 0, 1, 1, false])
  assert.equal(window.processing?.count, 1)
  assert.deepEqual(Object.keys(window.stages).toSorted(), ['alpha', 'beta'])
  assert.ok(window.states['queued'])
  assert.deepEqual([nothing.jobs, nothing.processing, nothing.stages], [0, null, {}])
})

test('jobs that were accepted before the window do not count', async () => {
  const { record, figures } = await setup()
  await using _record = record
  await record.shiftClock(2 * HOUR)

  assert.equal((await figures.window(record.tenantId, HOUR)).jobs, 0)
})

test('what ended is summed by the hour when its history is sealed, once', async () => {
  const { record, figures } = await setup()
  await using _record = record
  const { sealFinished } = createMaintenance(record.worker)
  await sealFinished(10)
  await sealFinished(10)
  const now = record.gateway.now().getTime()

  const hours = await figures.hours(record.tenantId, new Date(now - 2 * HOUR), new Date(now + HOUR))

  assert.deepEqual(
    hours.map(({ workflow, state, count }) => [workflow, state, count]),
    [['two-steps', 'completed', 1]],
  )
})

test('jobs and open tasks of all tenants are counted by state', async () => {
  const { record, open } = await setup()
  await using _record = record
  const failed = failureOf(record.workflow, open, 'first', record.workerStore.now())
  await recordAll(record, [failed])
  const { countJobs, countOpenTasks } = createMaintenance(record.worker)

  const jobs = Object.fromEntries((await countJobs()).map(({ state, count }) => [state, count]))
  const tasks = Object.fromEntries((await countOpenTasks()).map(({ state, count }) => [state, count]))

  assert.deepEqual([jobs['completed'], jobs[failed.after.state]], [1, 1])
  assert.deepEqual(tasks, { new: failed.tasks.length, in_progress: 0, blocked: 0 })
})

test('a day begins at midnight of its tenant', async () => {
  const { record, figures } = await setup()
  await using _record = record
  await record.writer.saveSettings(record.tenantId, { timeZone: 'Europe/Zurich' })

  const day = await figures.day(record.tenantId, '2026-03-29')

  assert.deepEqual(
    [day.from, day.to, day.timeZone],
    ['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z', 'Europe/Zurich'],
  )
})

test('failures are told by class, code and stage, and what cannot be retried counts as given up', async () => {
  const { record, figures, open } = await setup()
  await using _record = record
  await recordAll(record, [failureOf(record.workflow, open, 'first', record.workerStore.now())])

  const [failure, ...others] = await figures.failures(record.tenantId, HOUR)
  const { retries, gaveUp } = await figures.window(record.tenantId, HOUR)

  assert.deepEqual([failure?.stage, failure?.failures, failure?.jobs, failure?.lastJobId], ['alpha', 1, 1, open.id])
  assert.equal(others.length, 0)
  assert.deepEqual([gaveUp, retries], [1, { distribution: {}, top: [] }])
})

test('what is at work, stuck and recent is told of open jobs', async () => {
  const { record, figures, open } = await setup()
  await using _record = record

  const atWork = await figures.atWork(record.tenantId, 10)
  const early = await figures.atWork(record.tenantId, 10, HOUR)
  await record.shiftClock(2 * HOUR)
  const stuck = await figures.atWork(record.tenantId, 10, HOUR)
  const recent = await figures.activity(record.tenantId, 2)

  assert.deepEqual(
    atWork.map(({ jobId, step, state }) => [jobId, step, state]),
    [[open.id, 'first', 'queued']],
  )
  assert.deepEqual([early.length, stuck.map(({ jobId }) => jobId)], [0, [open.id]])
  assert.equal(recent.length, 2)
})

test('who has a step, since when, and how often it failed before are told', async () => {
  const { record, figures, open } = await setup()
  await using _record = record
  const now = record.workerStore.now()
  const at = { step: 'first', worker: 'w-1' }
  const startedAt = now.toISOString()
  const failure = { kind: 'transient' as const, code: 'test.away', message: 'Away' }
  const claim = (job: typeof open) =>
    writeOf(
      record.workflow,
      job,
      { kind: 'claimed', ...at, fence: job.steps['first']!.fence, leaseMs: HOUR, crashed: false },
      now,
    )
  const first = claim(open)
  await recordAll(record, [first])
  const { fence } = first.after.steps['first']!
  const failed = writeOf(record.workflow, first.after, { kind: 'failed', ...at, fence, startedAt, failure }, now)
  await recordAll(record, [failed])
  const due = writeOf(record.workflow, failed.after, { kind: 'due' }, new Date(now.getTime() + HOUR))
  await recordAll(record, [due])
  await recordAll(record, [claim(due.after)])
  await record.shiftClock(60_000)

  const [step] = await figures.atWork(record.tenantId, 10)
  const { retries } = await figures.window(record.tenantId, HOUR)

  assert.deepEqual([step?.state, step?.lockedBy, step?.retries, step?.lastError], ['processing', 'w-1', 1, 'test.away'])
  assert.ok(step!.lockAgeMs! >= 60_000 && step!.lockAgeMs! < 120_000, `${step!.lockAgeMs}`)
  assert.deepEqual(retries, { distribution: { 1: 1 }, top: [{ jobId: open.id, retries: 1 }] })
})

test('days tell which jobs completed alone and what was sent to whom, of their tenant only', async () => {
  const { record, figures, done, open } = await setup()
  await using _record = record
  await recordAll(record, [failureOf(record.workflow, open, 'first', record.workerStore.now())])
  const decide = `INSERT INTO decisions (tenant_id, job_id, step, policy, version, route, rule, decision) VALUES ($1, $2, $3, 'p', 1, $4, 'r', '{}')`
  await record.sql(decide, [record.tenantId, done.id, null, 'automation'])
  await record.sql(decide, [record.tenantId, open.id, null, 'automation'])
  await record.sql(decide, [record.tenantId, open.id, 'first', 'person'])
  await record.shiftClock(24 * HOUR)
  await acceptJobs(record, 1)
  const other = await record.addTenant('other')

  const [yesterday, today, ...rest] = await figures.automation(record.tenantId, 2)
  const { toAutomation, toPerson } = await figures.window(record.tenantId, 48 * HOUR)

  const { day, ...counts } = yesterday!
  assert.deepEqual(counts, {
    jobs: 2,
    isSample: false,
    toAutomation: 1,
    toPerson: 1,
    completed: 1,
    completedAlone: 1,
  })
  assert.equal(Date.parse(today!.day) - Date.parse(day), 24 * HOUR)
  assert.deepEqual([today!.jobs, today!.toAutomation, today!.toPerson, rest], [1, 0, 0, []])
  assert.deepEqual([toAutomation, toPerson], [1, 1])
  assert.deepEqual(await figures.automation(record.tenantId, 1), [today])
  assert.deepEqual(await figures.automation(other, 2), [])
})

test('a job that a person has settled did not complete alone; tasks tell their age, and who did how many a day', async () => {
  const { record, figures, open } = await setup()
  await using _record = record
  const more = await acceptJobs(record, 10)
  const failures = [open, ...more].map((job) => failureOf(record.workflow, job, 'first', record.workerStore.now()))
  await recordAll(record, failures)
  const [first] = failures
  const closing = { step: 'first', state: 'completed' as const, verdict: 'accept' }
  await recordAll(record, [{ ...first!, before: first!.after, history: [], tasks: [], closings: [closing] }])
  await record.sql(`UPDATE jobs SET state = 'completed', finished_at = stageline_now() WHERE id = $1`, [open.id])
  await record.sql(`UPDATE tasks SET verdict_by = 'ann' WHERE state = 'completed'`)
  await record.sql(
    `UPDATE tasks SET created_at = created_at - n * interval '1 h' FROM (
      SELECT id AS which, row_number() OVER (ORDER BY id) AS n FROM tasks WHERE state = 'new') aged WHERE id = which`,
  )
  const other = await record.addTenant('other')

  const [today] = await figures.automation(record.tenantId, 1)
  const desk = await figures.desk(record.tenantId, 1)
  await record.shiftClock(24 * HOUR)
  const later = await figures.desk(record.tenantId, 1)

  assert.deepEqual([today?.completed, today?.completedAlone], [2, 1])
  const hours = Object.values(desk.ages!).map((ms) => Math.floor(ms / HOUR))
  assert.deepEqual([desk.open, hours, desk.isShortened], [10, [5, 9, 10], false])
  assert.deepEqual(
    desk.done.map(({ person, count }) => [person, count]),
    [['ann', 1]],
  )
  assert.deepEqual([later.open, later.done], [10, []])
  assert.deepEqual(await figures.desk(other, 1), { open: 0, ages: null, isShortened: false, done: [] })
})
