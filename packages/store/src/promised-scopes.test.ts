import { DEFAULT_SLAS, newId } from '@stageline/domain'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPromisedScopes, PROMISES_COUNT_AFTER_MS } from './promised-scopes.ts'
import { createSlaBook } from './sla-book.ts'
import { openRecord } from './testing/open-record.ts'

test('what is promised for jobs is known to all before it counts, and asked for once a second only', async () => {
  await using record = await openRecord()
  let ms = 0
  const [worker, gateway] = [record.worker, record.gateway].map((db) => createPromisedScopes(db, () => ms))
  const other = await record.addTenant('other')
  const known = async (tenantId = record.tenantId) => [
    (await worker!(tenantId)).length,
    (await gateway!(tenantId)).length,
  ]
  const before = await known()
  const settings = {
    ...DEFAULT_SLAS[0]!,
    subject: 'stage',
    taskType: null,
    workflow: 'part',
    stage: 'scoring',
  } as const
  await createSlaBook(record.gateway).addConfig(record.tenantId, { id: newId(), settings, actor: 'ann' })
  ms += PROMISES_COUNT_AFTER_MS / 2 - 1
  const meanwhile = await known()
  ms += 1
  const after = await known()

  assert.deepEqual(
    [before, meanwhile, after, await known(other)],
    [
      [0, 0],
      [0, 0],
      [1, 1],
      [0, 0],
    ],
  )
  assert.partialDeepStrictEqual(await worker!(record.tenantId), [
    { subject: 'stage', workflow: 'part', stage: 'scoring' },
  ])
})

test('a question that failed is asked again', async () => {
  await using record = await openRecord()
  const db = { ...record.worker, query: () => Promise.reject(new Error('away')) } as unknown as typeof record.worker
  const scopes = createPromisedScopes(db, () => 0)
  await assert.rejects(scopes(record.tenantId), /away/)

  db.query = record.worker.query

  assert.deepEqual(await scopes(record.tenantId), [])
})
