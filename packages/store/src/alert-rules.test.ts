import type { AlertLimits, FoundByRules, RuleAlert } from '@stageline/engine/ports'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAlertRules } from './alert-rules.ts'
import { countingRows } from './testing/counting-rows.ts'
import { acceptJobs, openRecord, type OpenRecord } from './testing/open-record.ts'
import { createAlertBook } from './triggers.ts'

const HOUR = 3_600_000
const NO_RULE: AlertLimits = { failing: null, stuckMs: null, dayShare: null }
const FAILING: AlertLimits = { ...NO_RULE, failing: { share: 0.5, atLeast: 4, hours: 1 } }
const SUBJECT = '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071'

async function setup() {
  const record = await openRecord()
  const rules = createAlertRules(record.worker)
  const book = createAlertBook(record.gateway)
  const alertOf = (about: Partial<RuleAlert>): RuleAlert => ({
    tenantId: record.tenantId,
    sameAs: 'x',
    level: 'warning',
    title: 'X',
    detail: null,
    raisedBy: 'rule:x',
    subject: 'workflow',
    subjectId: SUBJECT,
    quietMs: HOUR,
    ...about,
  })
  return {
    record,
    rules,
    book,
    find: async (limits: AlertLimits): Promise<FoundByRules> => {
      let all: FoundByRules | undefined
      await rules.watch(limits, (found) => {
        all = found
        return []
      })
      return all!
    },
    raise: (about: Partial<RuleAlert> = {}) => rules.watch(NO_RULE, () => [alertOf(about)]),
    alerts: async () => (await book.alerts(record.tenantId, {}, { limit: 50 })).items,
    [Symbol.asyncDispose]: () => record[Symbol.asyncDispose](),
  }
}

const failed = ({ sql }: OpenRecord, tenantId: string, count: number, workflow = 'part') =>
  sql(
    `INSERT INTO automation_failures (tenant_id, job_id, workflow, at)
      SELECT $1, gen_random_uuid(), $2, stageline_now() FROM generate_series(1, $3)`,
    [tenantId, workflow, count],
  )
const completed = ({ sql }: OpenRecord, tenantId: string, count: number, workflow = 'part') =>
  sql(
    `INSERT INTO hourly_outcomes VALUES ($1, date_trunc('hour', stageline_now(), 'UTC'), $2, 'completed', 1, $3, 1)`,
    [tenantId, workflow, count],
  )

test('a workflow with failures enough is found, each tenant for itself', async () => {
  await using given = await setup()
  const { record } = given
  const other = await record.addTenant('other')
  await failed(record, record.tenantId, 4)
  await completed(record, record.tenantId, 4)
  await failed(record, record.tenantId, 3, 'too-few')
  await failed(record, other, 5)
  await completed(record, other, 6)

  const { failing } = await given.find(FAILING)

  assert.deepEqual(failing, [{ tenantId: record.tenantId, workflow: 'part', failed: 4, completed: 4, hours: 1 }])
})

test('failures of more than the hours before are not counted', async () => {
  await using given = await setup()
  await failed(given.record, given.record.tenantId, 10)

  const before = await given.find(FAILING)
  await given.record.shiftClock(2 * HOUR)
  const after = await given.find(FAILING)

  assert.deepEqual([before.failing.length, after.failing.length], [1, 0])
})

test('jobs that do not move are counted by workflow, with the one that stands longest', async () => {
  await using given = await setup()
  const { record } = given
  const other = await record.addTenant('other')
  const [first] = await acceptJobs(record, 1)
  await record.shiftClock(HOUR)
  await acceptJobs(record, 2)
  const [done] = await acceptJobs(record, 1)
  await record.sql(`UPDATE jobs SET state = 'waiting' WHERE id = $1`, [done!.id])
  const job = record.make({ seed: { tenantId: other } })
  await record.gatewayStore.accept(other, [job])
  const limits = { ...NO_RULE, stuckMs: HOUR / 2 }

  const early = await given.find(limits)
  await record.shiftClock(HOUR)
  const late = await given.find(limits)

  const told = ({ stuck }: FoundByRules) =>
    stuck.map(({ tenantId, jobs, oldestJobId }) => [tenantId, jobs, oldestJobId])
  assert.deepEqual(told(early), [[record.tenantId, 1, first!.id]])
  assert.deepEqual(told(late), [
    [record.tenantId, 3, first!.id],
    [other, 1, job.job.id],
  ])
  assert.equal(new Date(late.stuck[0]!.since).toISOString(), late.stuck[0]!.since)
})

test('jobs that are too young to stand still are not looked at', async () => {
  await using record = await openRecord()
  await acceptJobs(record, 100)
  const { db, looked } = countingRows(record.worker, 'jobs')
  const rules = createAlertRules(db)
  const look = () => rules.watch({ ...NO_RULE, stuckMs: HOUR }, () => [])
  await record.sql('ANALYZE jobs')

  await look()
  await record.shiftClock(2 * HOUR)
  await look()

  assert.deepEqual(looked, [0, 100])
})

async function withBound(record: OpenRecord, bound: number, timeZone?: string) {
  const { sql, tenantId, writer, workflow } = record
  const policy = { name: 'bounded', version: 1, rule: 'completeness', thresholds: {}, maxDailyTasks: bound }
  await sql('INSERT INTO policies (tenant_id, name) VALUES ($1, $2)', [tenantId, 'bounded'])
  await sql('INSERT INTO policy_versions VALUES ($1, $2, 1, $3, $4)', [tenantId, 'bounded', policy, 'tester'])
  await sql(
    `INSERT INTO workflow_versions (tenant_id, key, version, definition, created_by)
      SELECT tenant_id, key, version + 1, definition || '{"policy":{"name":"bounded"}}', created_by
      FROM workflow_versions WHERE tenant_id = $1 AND key = $2`,
    [tenantId, workflow.key],
  )
  if (timeZone !== undefined) await writer.saveSettings(tenantId, { timeZone })
}
const taken = ({ sql, tenantId }: OpenRecord, workflow: string, jobs: number, zone = 'UTC') =>
  sql(
    `INSERT INTO counters VALUES ($1, 'day', $2, to_char(stageline_now() AT TIME ZONE $4::text, 'YYYY-MM-DD'), 'accepted', $3)`,
    [tenantId, workflow, jobs, zone],
  )

test('a day is found from its share on, by the counts of the workflows that the policy bounds', async () => {
  await using given = await setup()
  const { record } = given
  const { key } = record.workflow
  await withBound(record, 10)
  await taken(record, key, 7)
  await taken(record, 'another', 100)
  const limits = { ...NO_RULE, dayShare: 0.8 }

  const early = await given.find(limits)
  await taken(record, key, 1)
  const late = await given.find(limits)

  assert.deepEqual(early.filling, [])
  assert.deepEqual(
    late.filling.map(({ day: _day, ...told }) => told),
    [{ tenantId: record.tenantId, workflow: key, policy: 'bounded', bound: 10, taken: 8 }],
  )
})

test("today is the tenant's own", async () => {
  await using given = await setup()
  const { record } = given
  const zone = 'Pacific/Kiritimati'
  await withBound(record, 10, zone)
  await taken(record, record.workflow.key, 10, zone)
  const limits = { ...NO_RULE, dayShare: 1 }

  const today = await given.find(limits)
  await record.shiftClock(24 * HOUR)
  const tomorrow = await given.find(limits)

  assert.deepEqual([today.filling.length, tomorrow.filling.length], [1, 0])
})

test('a rule that is out of use finds nothing', async () => {
  await using given = await setup()
  await failed(given.record, given.record.tenantId, 100)
  await acceptJobs(given.record, 1)
  await given.record.shiftClock(HOUR)

  assert.deepEqual(await given.find(NO_RULE), { failing: [], stuck: [], filling: [] })
})

test('an alert is counted again when it was quiet for its time, and is one until somebody has seen it', async () => {
  await using given = await setup()

  const rounds = [await given.raise(), await given.raise()]
  await given.record.shiftClock(HOUR + 1_000)
  rounds.push(await given.raise({ title: 'Y' }), await given.raise({ title: 'Z' }))

  assert.deepEqual(rounds, [1, 0, 1, 0])
  assert.deepEqual(
    (await given.alerts()).map(({ title, count, raisedBy, subjectId }) => [title, count, raisedBy, subjectId]),
    [['Y', 2, 'rule:x', SUBJECT]],
  )
})

test('what somebody has seen is not raised again at once, and others are', async () => {
  await using given = await setup()
  await given.raise()
  await given.record.shiftClock(10 * HOUR)
  const [open] = await given.alerts()
  await given.book.acknowledge(given.record.tenantId, open!.id, 'ann')

  const soon = [await given.raise(), await given.raise({ sameAs: 'other' })]
  await given.record.shiftClock(HOUR + 1_000)
  const later = await given.raise()

  assert.deepEqual([soon, later], [[0, 1], 1])
  assert.equal((await given.alerts()).length, 3)
})

test('while another looks nothing is done', async () => {
  await using given = await setup()
  await given.record.sql('SELECT pg_advisory_lock(7220434)')

  const meanwhile = await given.raise()
  await given.record.sql('SELECT pg_advisory_unlock(7220434)')
  const afterwards = await given.raise()

  assert.deepEqual([meanwhile, afterwards], [0, 1])
})
