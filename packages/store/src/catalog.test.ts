import { newId } from '@stageline/domain'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCatalog, createFirstSeen } from './catalog.ts'
import { openRecord } from './testing/open-record.ts'

const PARTS = [
  { key: 'XQ-100', name: 'Resistor 100 ohm' },
  { key: 'XQ-1001', name: 'Resistor 1 kiloohm' },
  { key: 'XQ-1002-A', name: 'Resistor 10 kiloohm' },
  { key: 'ZZ_9%', name: 'Ceramic capacitor 100 nF' },
]

async function setup() {
  const record = await openRecord()
  const items = PARTS.map((part) => ({ kind: 'part' as const, attributes: { ohms: 1 }, ...part }))
  await record.writer.putCatalogItems(record.tenantId, items)
  return {
    record,
    catalog: createCatalog(record.worker, record.tenantId),
    [Symbol.asyncDispose]: () => record[Symbol.asyncDispose](),
  }
}

test('a key is found whatever its letter case, blanks and dashes, and stands before longer ones', async () => {
  await using given = await setup()

  const hits = await given.catalog.find({ kind: 'part', key: 'xq 10 0-1' })

  assert.deepEqual(
    hits.map(({ key, method, similarity }) => [key, method, similarity]),
    [['XQ-1001', 'exact', 1]],
  )
  assert.deepEqual(hits[0]?.item, { kind: 'part', key: 'XQ-1001', name: 'Resistor 1 kiloohm', attributes: { ohms: 1 } })
})

test('after the exact one come keys that begin so, the nearest first', async () => {
  await using given = await setup()

  const hits = await given.catalog.find({ kind: 'part', key: 'XQ100' })

  assert.deepEqual(
    hits.map(({ key, method }) => [key, method]),
    [
      ['XQ-100', 'exact'],
      ['XQ-1001', 'prefix'],
      ['XQ-1002-A', 'prefix'],
    ],
  )
})

test('fewer than four characters are no beginning, and signs of patterns mean themselves', async () => {
  await using given = await setup()
  const keys = async (key: string) =>
    (await given.catalog.find({ kind: 'part', key, minSimilarity: 0.9 })).map((hit) => hit.key)

  assert.deepEqual(await keys('XQ1'), [])
  assert.deepEqual(await keys('XQ1%'), [])
  assert.deepEqual(await keys('ZZ_9'), ['ZZ_9%'])
  assert.deepEqual(await keys('ZZX9'), [])
})

test('names are compared when the key finds nothing, the most alike first, none below the limit', async () => {
  await using given = await setup()

  const hits = await given.catalog.find({
    kind: 'part',
    key: 'unheard-of',
    name: 'Resistor 10 kiloohms',
    minSimilarity: 0.5,
  })
  const strict = await given.catalog.find({ kind: 'part', name: 'Capacitor', minSimilarity: 0.9 })

  assert.equal(hits[0]?.key, 'XQ-1002-A')
  assert.ok(hits.every(({ method, similarity }) => method === 'trigram' && similarity >= 0.5))
  assert.deepEqual(
    hits.map(({ similarity }) => similarity),
    hits.map(({ similarity }) => similarity).toSorted((a, b) => b - a),
  )
  assert.deepEqual(strict, [])
})

test('other kinds and other tenants have catalogues of their own', async () => {
  await using given = await setup()
  const other = await given.record.addTenant('other')

  assert.deepEqual(await given.catalog.find({ kind: 'vendor', key: 'XQ-100' }), [])
  assert.deepEqual(await createCatalog(given.record.worker, other).find({ kind: 'part', key: 'XQ-100' }), [])
  assert.equal(await given.record.writer.countCatalogItems(given.record.tenantId, 'part'), PARTS.length)
})

test('an item that is put again has its new values', async () => {
  await using given = await setup()
  const item = { kind: 'part' as const, key: 'XQ-100', name: 'Renamed', attributes: {} }

  await given.record.writer.putCatalogItems(given.record.tenantId, [item, item])

  assert.equal(await given.record.writer.countCatalogItems(given.record.tenantId, 'part'), PARTS.length)
  assert.equal((await given.catalog.find({ kind: 'part', key: 'XQ-100' }))[0]?.name, 'Renamed')
})

test('of many jobs that claim a key at once one was first, and all are told which', async () => {
  await using given = await setup()
  const { worker, tenantId } = given.record
  const jobs = Array.from({ length: 12 }, () => newId())

  const claims = await Promise.all(
    jobs.map((jobId) => createFirstSeen(worker, tenantId, jobId).claim('invoice', 'N-1')),
  )

  assert.equal(new Set(claims.map(({ jobId }) => jobId)).size, 1)
  assert.equal(claims.filter(({ isThisJob }) => isThisJob).length, 1)
  const again = await createFirstSeen(worker, tenantId, claims[0]!.jobId).claim('invoice', 'N-1')
  assert.equal(again.isThisJob, true)
})
