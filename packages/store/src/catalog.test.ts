import { newId } from '@stageline/domain'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCatalog, createFirstSeen } from './catalog.ts'
import { createCatalogRecord } from './catalog-record.ts'
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
  const reference = createCatalogRecord(record.gateway)
  await reference.put(record.tenantId, items)
  return {
    record,
    reference,
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

test('the nearest are found first and none that is near enough is left out, however many are asked for', async () => {
  await using given = await setup()
  const names = ['Ceramic capacitor 10 nF', 'Ceramic capacitor 22 nF 50 V', 'Ceramic disc', 'Capacitor', 'Tantalum']
  await given.reference.put(
    given.record.tenantId,
    names.map((name, i) => ({ kind: 'product', key: `${i}`, name, attributes: {} })),
  )
  const likeness = `SELECT name, similarity(name, $1) AS similarity FROM catalog_items WHERE kind = 'product' ORDER BY 2 DESC, key`
  const all = await given.record.sql<{ name: string; similarity: number }>(likeness, ['Ceramic capacitor 10 uF'])

  for (const minSimilarity of [0.1, 0.35, 0.5, 0.9]) {
    for (const limit of [1, 2, 10]) {
      const hits = await given.catalog.find({ kind: 'product', name: 'Ceramic capacitor 10 uF', minSimilarity, limit })
      const expected = all.filter(({ similarity }) => similarity >= minSimilarity).slice(0, limit)
      assert.deepEqual(
        hits.map(({ name }) => name),
        expected.map(({ name }) => name),
      )
    }
  }
})

test('a name of common words is found by two of them where another one is rarer', async () => {
  await using given = await setup()
  const [first, second, third] = [
    'Amber Birch Cedar Daisy Ember Flint Grape Hazel Ivory Jelly'.split(' '),
    'window garden kitchen bedroom office school market harbour museum stable'.split(' '),
    'lamp chair table mirror carpet pillow curtain bottle ladder basket'.split(' '),
  ]
  const named = (name: string, index: number) => ({ kind: 'product' as const, key: `${index}`, name, attributes: {} })
  const name = (i: number) => `${first[i % 10]} ${second[Math.floor(i / 10) % 10]} ${third[Math.floor(i / 100) % 10]}`
  const common = Array.from({ length: 3_000 }, (_, i) => named(`${name(i)} No ${i}`, i))
  const rarer = Array.from({ length: 200 }, (_, i) => named(`Sonderposten ${i}`, 10_000 + i))
  await given.reference.put(given.record.tenantId, [...common, ...rarer])
  await given.record.sql('ANALYZE catalog_items')

  const hits = await given.catalog.find({
    kind: 'product',
    name: 'Sonderposten Grape museum mirror',
    minSimilarity: 0.4,
  })

  assert.deepEqual(
    hits.map(({ name: hit }) => hit).toSorted(),
    ['386', '1386', '2386'].map((i) => `Grape museum mirror No ${i}`).toSorted(),
  )
})

test('of a beginning that very many keys have some are found at once', async () => {
  await using given = await setup()
  const many = Array.from({ length: 700 }, (_, i) => ({
    kind: 'part' as const,
    key: `LONG${i}`,
    name: '',
    attributes: {},
  }))
  await given.reference.put(given.record.tenantId, many)

  const hits = await given.catalog.find({ kind: 'part', key: 'LONG', limit: 20 })

  assert.equal(hits.length, 20)
  assert.ok(hits.every(({ method }) => method === 'prefix'))
})

test('other kinds and other tenants have catalogues of their own', async () => {
  await using given = await setup()
  const other = await given.record.addTenant('other')

  assert.deepEqual(await given.catalog.find({ kind: 'vendor', key: 'XQ-100' }), [])
  assert.deepEqual(await createCatalog(given.record.worker, other).find({ kind: 'part', key: 'XQ-100' }), [])
  assert.equal(
    (await given.reference.items(given.record.tenantId, { kind: 'part' }, { limit: 9 })).items.length,
    PARTS.length,
  )
})

test('rows whose article number is named come before those with a like name, whatever their key is', async () => {
  await using given = await setup()
  const row = (key: string, name: string, mpn: string) => ({ kind: 'product' as const, key, name, attributes: { mpn } })
  const rows = [
    row('4006381333931', 'Tape for label makers, 12 mm, black on white', 'TC-20/B'),
    row('4006381333948', 'Laminated tape cartridge', 'TZ 641'),
    row('4006381333955', 'Something without a number', ' - '),
  ]
  await given.reference.put(given.record.tenantId, rows)
  const find = async (name: string, numbers: string[], limit = 10) =>
    (await given.catalog.find({ kind: 'product', name, numbers, minSimilarity: 0.3, limit })).map(
      ({ key, method }) => `${key} ${method}`,
    )

  assert.deepEqual(await find('laminated tape cartridge tc20b', ['tc20b', '']), [
    '4006381333931 exact',
    '4006381333948 trigram',
  ])
  assert.deepEqual(await find('laminated tape cartridge', ['tz641']), ['4006381333948 exact'])
  assert.deepEqual(await find('laminated tape cartridge', ['tc20b'], 1), ['4006381333931 exact'])
  assert.deepEqual(await find('', ['TZ-641']), ['4006381333948 exact'])
  assert.deepEqual(await find('', ['tc20']), [])
})

test('an item that is put again has its new values', async () => {
  await using given = await setup()
  const item = { kind: 'part' as const, key: 'XQ-100', name: 'Renamed', attributes: {} }

  await given.reference.put(given.record.tenantId, [item, item])

  assert.equal(
    (await given.reference.items(given.record.tenantId, { kind: 'part' }, { limit: 9 })).items.length,
    PARTS.length,
  )
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
