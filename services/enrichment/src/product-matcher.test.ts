import fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shippedProductModel } from './product-model.ts'
import type { ProductRecord } from './product-text.ts'

const { matcher } = shippedProductModel()()

const KETTLE: ProductRecord = { name: 'Exempla Cordless Kettle EXM-KT-200 1.7 l black', brand: 'Exempla', price: 49.9 }

const alike: [name: string, record: ProductRecord][] = [
  ['itself', KETTLE],
  ['the words in another order', { name: 'Kettle cordless 1.7 l EXM-KT-200 Exempla', price: 52 }],
  ['its number written in another way', { name: 'Exempla exmkt200 cordless kettle', mpn: 'EXMKT200' }],
]

for (const [name, record] of alike) {
  test(`a product is more likely than not the same as ${name}`, () => {
    assert.ok(matcher.chance(KETTLE, record) > 0.5, String(matcher.chance(KETTLE, record)))
  })
}

const other: [name: string, record: ProductRecord][] = [
  [
    'another number of its maker',
    { name: 'Exempla Cordless Kettle EXM-KT-310 1.2 l black', brand: 'Exempla', price: 39 },
  ],
  ['another thing of its maker', { name: 'Exempla Toaster EXM-TS-100 steel', brand: 'Exempla', price: 29 }],
  ['something of somebody else', { name: 'Demolux garden hose 20 m', brand: 'Demolux', price: 15 }],
]

for (const [name, record] of other) {
  test(`a product is not the same as ${name}`, () => {
    assert.ok(matcher.chance(KETTLE, record) < 0.5, String(matcher.chance(KETTLE, record)))
  })
}

test('a chance is never certainty, whatever the records say', () => {
  const record = fc.record({
    name: fc.string(),
    brand: fc.string(),
    mpn: fc.string(),
    price: fc.double({ min: 0.01, noNaN: true }),
  })

  fc.assert(
    fc.property(record, record, (one, other) => {
      const chance = matcher.chance(one, other)

      return chance > 0 && chance < 1
    }),
  )
})
