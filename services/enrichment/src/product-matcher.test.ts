import fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { amongRivals } from './product-matcher.ts'
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

test('rivals share what is less than one, and keep their order', () => {
  const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 })

  fc.assert(
    fc.property(scores, (given) => {
      const shares = amongRivals(given)

      assert.ok(shares.reduce((sum, share) => sum + share, 0) < 1 + 1e-9)
      for (const [index, share] of shares.entries())
        assert.ok(given.every((score, rival) => score > given[index]! || shares[rival]! <= share + 1e-12))
    }),
  )
})

test('beside a row that is as good, a row is at most half as likely', () => {
  assert.deepEqual(amongRivals([0.9]).map(rounded), [0.9])
  assert.deepEqual(amongRivals([0.9, 0.9]).map(rounded), [0.474, 0.474])
})

const rounded = (share: number) => Math.round(share * 1000) / 1000
