import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CatalogItem, Fields } from '@stageline/domain'
import type { TreeModelFile } from '@stageline/models'
import type { Catalog, CatalogQuery } from '@stageline/runtime'
import { catalogFamilies, enrich } from './enrich.ts'
import { ProductModel, type ProductModelFile } from './product-model.ts'

/** Adds `yes` to the log odds where the feature is above the edge. */
const stump = (feature: string, edge: number, no: number, yes: number): TreeModelFile => ({
  features: [feature],
  bias: 0,
  trees: [{ feature: [0, -1, -1], value: [edge, no, yes], right: [2, 0, 0] }],
})

/** Takes names for the same that share much, rows for the product whose names are, brands for right that the nearest row has, and numbers that the name has. */
const MODEL: ProductModelFile = {
  matcher: { words: { names: 1000, counts: {} }, match: stump('cosine', 0.4, -5, 3) },
  ranker: { trees: stump('score', 0, -5, 3) },
  values: {
    brand: { trees: stump('ofFirst', 2.5, -3, 3), calibration: [] },
    mpn: { trees: stump('ownWithin', 0.5, -3, 2), calibration: [] },
  },
}

const ROWS: CatalogItem[] = [
  product('2941000000009', 'cordless kettle 1.7 l', { brand: 'Exempla' }),
  product('2941000000405', 'garden hose 20 m green', { brand: 'Demolux', mpn: 'DX-20' }),
]

function setup(rows = ROWS) {
  const asked: CatalogQuery[] = []
  const catalog: Catalog = {
    find: (query) => {
      asked.push(query)
      const { kind } = query
      return Promise.resolve(
        rows.map((item) => ({ kind, key: item.key, name: item.name, method: 'trigram', similarity: 0.5, item })),
      )
    },
  }
  const families = catalogFamilies(() => new ProductModel(MODEL))
  return { asked, run: (fields: Fields) => enrich('product_record', fields, { catalog, families }) }
}

const named = (name: string, more: Fields = {}): Fields => ({ name: { value: name, confidence: 1 }, ...more })

test('a product that is recognised by its name carries the chance that it is the row', async () => {
  const { matches } = await setup().run(named('kettle, cordless, 1.7 litres'))

  assert.equal(matches[0]?.key, '2941000000009')
  assert.equal(matches[0].certainty, 0.9523)
})

test('brand and number come from the row or from the name, and say from which', async () => {
  const { fields } = await setup().run(named('cordless kettle 1.7 l KT-200'))

  assert.equal(fields.brand?.value, 'Exempla')
  assert.deepEqual(fields.brand.source, { method: 'catalog', path: 'product:2941000000009' })
  assert.equal(fields.mpn?.value, 'KT-200')
  assert.deepEqual(fields.mpn.source, { method: 'rule', path: 'name', text: 'cordless kettle 1.7 l KT-200' })
  assert.equal(fields.mpn.confidence, 0.8808)
})

test('what is there stays, whatever is likelier', async () => {
  const given = named('cordless kettle 1.7 l KT-200', { mpn: { value: 'KT-201', confidence: 0.6 } })

  const { fields, filled } = await setup().run(given)

  assert.deepEqual(fields.mpn, { value: 'KT-201', confidence: 0.6 })
  assert.ok(!filled.includes('mpn'))
})

test('what looks like an article number in a name is looked up as one', async () => {
  const given = setup()

  await given.run(named('steel toaster TX-4500/B, two slices, 850 W, 2021'))

  assert.deepEqual(
    given.asked.map(({ numbers }) => numbers),
    [['tx4500b']],
  )
})

test('a name unlike every row fills nothing', async () => {
  const { filled, matches } = await setup().run(named('steel toaster, two slices'))

  assert.deepEqual([filled, matches], [[], []])
})

test('of two rows that are as good as each other neither is sure, and only what both say is filled', async () => {
  const twin = product('2941000000504', ROWS[0]!.name, { brand: 'Exempla' })

  const { fields, filled, matches } = await setup([...ROWS, twin]).run(named('cordless kettle 1.7 l'))

  assert.ok(matches[0]!.certainty! < 0.5)
  assert.equal(fields.brand?.value, 'Exempla')
  assert.deepEqual(filled, ['brand'])
})

test('two rows that a number says are the product fill nothing', async () => {
  const hose = product('2941000000603', 'garden hose 20 m', { brand: 'Demolux', mpn: 'DX-20' })

  const { filled, matches } = await setup([...ROWS, hose]).run(
    named('garden hose 20 m', { mpn: { value: 'DX-20', confidence: 1 } }),
  )

  assert.deepEqual([filled, matches], [[], []])
})

test('a number is surer than any chance, and what its row has is taken as it is', async () => {
  const { fields, matches } = await setup().run(named('garden hose 20 m', { mpn: { value: 'dx-20', confidence: 1 } }))

  assert.equal(matches[0]?.key, '2941000000405')
  assert.equal(matches[0].certainty, undefined)
  assert.deepEqual([fields.brand?.value, fields.brand?.confidence], ['Demolux', 0.98])
})

function product(key: string, name: string, attributes: CatalogItem['attributes']): CatalogItem {
  return { kind: 'product', key, name, attributes }
}
