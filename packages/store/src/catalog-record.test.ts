import { newId } from '@stageline/domain'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCatalogRecord } from './catalog-record.ts'
import { openRecord } from './testing/open-record.ts'

const part = (key: string, name = 'Resistor') => ({ kind: 'part' as const, key, name, attributes: {} })
const about = (id = newId()) => ({
  id,
  fileName: 'parts.csv',
  bytes: 10,
  actor: 'tester',
  dryRun: false,
  onFault: 'refuse' as const,
})
const DONE = { state: 'completed', rows: { read: 2, stored: 2, faulty: 0 }, faults: [] } as const

async function setup() {
  const record = await openRecord()
  return {
    record,
    tenantId: record.tenantId,
    catalog: createCatalogRecord(record.gateway),
    [Symbol.asyncDispose]: () => record[Symbol.asyncDispose](),
  }
}

test('rows come in pages by kind and key, also those that begin alike, none twice and none left out', async () => {
  await using given = await setup()
  const { catalog, tenantId } = given
  const keys = ['AB-1', 'ab 1', 'AB1', 'AB2', 'AC1', 'A_1', 'ÄB']
  await catalog.put(tenantId, [...keys.map((key) => part(key)), { ...part('AB9'), kind: 'vendor' }])

  const all: string[] = []
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await catalog.items(tenantId, {}, cursor === undefined ? { limit: 2 } : { cursor, limit: 2 })
    all.push(...page.items.map(({ kind, key }) => `${kind}/${key}`))
    cursor = page.next
  }
  const begin = await catalog.items(tenantId, { kind: 'part', prefix: 'a-b' }, { limit: 10 })

  assert.deepEqual(all.toSorted(), [...keys.map((key) => `part/${key}`), 'vendor/AB9'].toSorted())
  assert.deepEqual(begin.items.map(({ key }) => key).toSorted(), ['AB-1', 'AB1', 'AB2', 'ab 1'])
  await assert.rejects(catalog.items(tenantId, {}, { cursor: 'bm8', limit: 2 }), { code: 'request.bad_cursor' })
})

test('a row is read and removed by its kind and key, by its own tenant only', async () => {
  await using given = await setup()
  const { catalog, tenantId, record } = given
  const other = await record.addTenant('other')
  await catalog.put(tenantId, [part('R/1')])

  assert.equal(await catalog.item(other, 'part', 'R/1'), undefined)
  assert.equal(await catalog.remove(other, 'part', 'R/1'), false)
  assert.deepEqual((await catalog.items(other, {}, { limit: 9 })).items, [])
  assert.deepEqual(await catalog.item(tenantId, 'part', 'R/1'), part('R/1'))
  assert.equal(await catalog.remove(tenantId, 'part', 'R/1'), true)
  assert.equal(await catalog.remove(tenantId, 'part', 'R/1'), false)
})

test('a row that is put as it was is not written again', async () => {
  await using given = await setup()
  const { catalog, tenantId, record } = given
  const written = () =>
    record.sql<{ key: string; xmin: string }>('SELECT key, xmin::text FROM catalog_items ORDER BY key')
  await catalog.put(tenantId, [part('R1'), part('R2')])
  const before = await written()

  await catalog.put(tenantId, [part('R1'), part('R2', 'Renamed')])

  const after = await written()
  assert.equal(after[0]!.xmin, before[0]!.xmin)
  assert.notEqual(after[1]!.xmin, before[1]!.xmin)
})

test('of many imports that begin at once one of each tenant does', async () => {
  await using given = await setup()
  const { catalog, tenantId, record } = given
  const other = await record.addTenant('other')

  const begun = await Promise.all([
    ...Array.from({ length: 8 }, () => catalog.beginImport(tenantId, about())),
    catalog.beginImport(other, about()),
  ])

  assert.deepEqual(begun.slice(0, 8).filter(Boolean).length, 1)
  assert.equal(begun[8], true)
})

test('an import shows how far it is, counts as interrupted when it falls silent, and makes room', async () => {
  await using given = await setup()
  const { catalog, tenantId, record } = given
  const first = about()
  await catalog.beginImport(tenantId, first)
  await catalog.noteImport(tenantId, first.id, { ...DONE, state: 'storing', rows: { read: 2, stored: 1, faulty: 0 } })

  const running = await catalog.import(tenantId, first.id)
  await record.shiftClock(31_000)
  const silent = await catalog.import(tenantId, first.id)
  const isNext = await catalog.beginImport(tenantId, about())

  assert.deepEqual([running?.state, running?.rows.stored, running?.finishedAt], ['storing', 1, null])
  assert.deepEqual([silent?.state, silent?.finishedAt], ['interrupted', silent?.updatedAt])
  assert.equal(isNext, true)
})

test('imports are listed newest first, by their own tenant only, and forgotten after 90 days', async () => {
  await using given = await setup()
  const { catalog, tenantId, record } = given
  const [old, recent] = [about(), about()]
  await catalog.beginImport(tenantId, old)
  await catalog.noteImport(tenantId, old.id, DONE)
  await record.shiftClock(91 * 86_400_000)
  await catalog.beginImport(tenantId, recent)

  const { items, next } = await catalog.imports(tenantId, { limit: 5 })

  assert.deepEqual([items.map(({ id }) => id), next], [[recent.id], null])
  assert.equal(await catalog.import(await record.addTenant('other'), recent.id), undefined)
})
