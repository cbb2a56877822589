import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMaintenance } from './maintenance.ts'
import { createRecordReader } from './record-reader.ts'
import { openRecord } from './testing/open-record.ts'

test('what became of the items of one tenant says nothing to another', async () => {
  await using record = await openRecord()
  const other = await record.addTenant('other')
  const one = [record.tenantId, 'part', 'bolts inc'] as const
  await record.sql('INSERT INTO source_outcomes VALUES ($1, $2, $3, now()::date, 6, 1)', [...one])
  await record.sql('INSERT INTO automation_failures VALUES ($1, gen_random_uuid(), $2, $3)', [...one])
  const asked = [{ workflow: 'part', source: 'bolts inc', businessKey: 'bolts inc' }]

  const [own, foreign] = await Promise.all([record.tenantId, other].map((id) => record.gatewayStore.pastOf(id, asked)))

  assert.deepEqual(own!.jobs, [{ outcomes: { succeeded: 6, failed: 1 }, recentFailures: 1 }])
  assert.deepEqual(foreign!.jobs, [{ outcomes: { succeeded: 0, failed: 0 }, recentFailures: 0 }])
})

test("a tenant's day ends at midnight of its own time zone, of UTC until it has chosen one", async () => {
  await using record = await openRecord()
  const hourOfReset = async (): Promise<number> =>
    new Date((await record.gatewayStore.pastOf(record.tenantId, [])).resetsAt).getUTCHours()

  const before = await hourOfReset()
  const saved = await record.writer.saveSettings(record.tenantId, { timeZone: 'Pacific/Kiritimati' })

  assert.deepEqual([before, saved, await hourOfReset()], [0, 'saved', 10])
  assert.deepEqual(await createRecordReader(record.gateway).settings(record.tenantId), {
    timeZone: 'Pacific/Kiritimati',
  })
})

test('a time zone that the database does not know is not stored', async () => {
  await using record = await openRecord()

  const saved = await record.writer.saveSettings(record.tenantId, { timeZone: 'Mars/Olympus' })

  assert.equal(saved, 'unknown_zone')
  assert.deepEqual(await record.reader.settings(record.tenantId), { timeZone: 'UTC' })
})

test('outcomes, failures and days that nothing looks at any more are dropped, others stay', async () => {
  await using record = await openRecord()
  const tenant = `'${record.tenantId}'`
  for (const age of ['1 day', '200 days']) {
    const at = `stageline_now() - interval '${age}'`
    await record.sql(`INSERT INTO source_outcomes VALUES (${tenant}, 'part', 'x', (${at})::date, 1, 1)`)
    await record.sql(`INSERT INTO automation_failures VALUES (${tenant}, gen_random_uuid(), 'part', 'x', ${at})`)
    await record.sql(
      `INSERT INTO counters VALUES (${tenant}, 'day', 'part', to_char(${at}, 'YYYY-MM-DD'), 'accepted', 1)`,
    )
  }

  assert.equal(await createMaintenance(record.worker).forgetOutcomes(), 3)

  const tables = ['source_outcomes', 'automation_failures', `counters WHERE kind = 'day'`]
  for (const table of tables) assert.equal((await record.sql(`SELECT FROM ${table}`)).length, 1, table)
})
