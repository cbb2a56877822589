import { TriggerDefinition } from '@stageline/domain'
import { matchEntries } from '@stageline/engine'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRecordReader } from './record-reader.ts'
import { countingRows } from './testing/counting-rows.ts'
import { acceptJobs, openRecord, type OpenRecord } from './testing/open-record.ts'
import { createTriggerQueue, createTriggerStore } from './triggers.ts'

const FEW = 20

/** Far more than the planner knows of. */
async function fallBehind(record: OpenRecord): Promise<string> {
  await acceptJobs(record, 100)
  await record.isReadable()
  const after = await record.reader.presentCursor(record.tenantId)
  await record.sql('ANALYZE history')
  for (let i = 0; i < 4; i++) await acceptJobs(record, 500)
  await record.isReadable()
  return after
}

test('a page of events looks at little more than itself, however much is behind it', async () => {
  await using record = await openRecord()
  const after = await fallBehind(record)
  const { db, looked } = countingRows(record.gateway, 'history')

  const { events } = await createRecordReader(db).events(record.tenantId, after, FEW)

  assert.equal(events.length, FEW)
  assert.ok(looked[0]! < 5 * FEW, `${looked[0]} entries`)
})

test('triggers read a page of entries by themselves, however much is behind it', async () => {
  await using record = await openRecord()
  const definition = TriggerDefinition.parse({
    key: 'mine',
    on: ['job.accepted'],
    actions: [{ kind: 'emit_alert', title: 'T' }],
  })
  await createTriggerStore(record.gateway).put(record.tenantId, definition, 'ann', null)
  const { db, looked } = countingRows(record.worker, 'history')
  const queue = createTriggerQueue(db)
  await queue.read('jobs', FEW, matchEntries)
  await fallBehind(record)

  const { read } = await queue.read('jobs', FEW, matchEntries)

  assert.equal(read, FEW)
  assert.ok(looked.at(-1)! < 5 * FEW, `${looked.at(-1)} entries`)
})
