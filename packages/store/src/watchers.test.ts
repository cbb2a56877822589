import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMaintenance } from './maintenance.ts'
import { isOrchestratorAlive } from './orchestrators.ts'
import { acceptJobs, openRecord } from './testing/open-record.ts'

test('what nobody looks for grows old; what was looked for, however long it waits, does not', async () => {
  await using record = await openRecord()
  const maintenance = createMaintenance(record.worker)
  const nothing = await maintenance.oldestUnsentS()
  await acceptJobs(record, 2)

  const young = await maintenance.oldestUnsentS()
  await record.shiftClock(90_000)
  const old = await maintenance.oldestUnsentS()
  await record.workerStore.takeUnchecked(10)
  const lookedFor = await maintenance.oldestUnsentS()

  assert.deepEqual([nothing, young, lookedFor], [0, 0, 0])
  assert.ok(old > 85 && old < 91, `${old} s`)
})

test('an orchestrator that has been silent for 15 s is taken for gone, and one more is enough', async () => {
  await using record = await openRecord()
  const maintenance = createMaintenance(record.worker)
  const alive = () => isOrchestratorAlive(record.gateway)

  const before = await alive()
  await maintenance.noteAlive('one')
  await maintenance.noteAlive('two')
  const both = await alive()
  await record.shiftClock(14_000)
  await maintenance.noteAlive('two')
  await record.shiftClock(14_000)
  const oneLeft = await alive()
  await record.shiftClock(2_000)

  assert.deepEqual([before, both, oneLeft, await alive()], [false, true, true, false])
})

test('after a loss noticed by two orchestrators at once every sleeping message is woken, and a fresh one is left alone', async () => {
  await using record = await openRecord()
  await acceptJobs(record, 1_200)
  for (const wait of [3_000, 6_000, 12_000]) {
    await record.shiftClock(wait)
    await record.workerStore.takeUnchecked(2_000)
  }

  await Promise.all([record.workerStore.recheckAll(), record.workerStore.recheckAll()])
  const woken = await record.workerStore.takeUnchecked(2_000)
  const again = await record.workerStore.recheckAll()

  assert.equal(woken.length, 1_200)
  assert.ok(woken.every(({ looks }) => looks === 1))
  assert.equal(again, 1_200, 'what was only looked at since is woken by a later loss')
})

test('a full piece of looks is a deep backlog: its next look lies four times as far away', async () => {
  await using record = await openRecord()
  await acceptJobs(record, 30)
  await record.shiftClock(3_000)

  await record.workerStore.takeUnchecked(20)
  await record.workerStore.takeUnchecked(20)

  const [next] = await record.sql<{ soon: number; far: number }>(`
    SELECT count(*) FILTER (WHERE s BETWEEN 2 AND 4)::int AS soon, count(*) FILTER (WHERE s BETWEEN 11 AND 15)::int AS far
    FROM (SELECT extract(epoch FROM check_at - stageline_now()) AS s FROM messages) AS looks`)
  assert.deepEqual(next, { soon: 10, far: 20 })
})
