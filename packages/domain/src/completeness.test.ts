import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { completenessOf, FIELD_LISTS } from './completeness.ts'
import { DOCUMENT_KINDS } from './document.ts'

const list = { required: ['mpn', 'maker'], optional: ['package'] }

const table: [name: string, record: Record<string, unknown>, expected: number][] = [
  ['nothing', {}, 0],
  ['one required field of two and an optional one', { mpn: 'X1' }, 2 / 5],
  ['the optional field alone', { package: 'SO-8' }, 1 / 5],
  ['everything', { mpn: 'X1', maker: 'M', package: 'SO-8' }, 1],
  ['blank text, null and empty lists', { mpn: '  ', maker: null, package: [] }, 0],
  ['zero and false, which are values', { mpn: 0, maker: false, package: [null, 'SO-8'] }, 1],
  ['extracted fields', { mpn: { value: 'X1', confidence: 1 }, maker: { value: null } }, 2 / 5],
  ['fields that nobody asked for', { colour: 'red' }, 0],
]

for (const [name, record, expected] of table) {
  test(`completeness of ${name} is ${expected}`, () => {
    assert.equal(completenessOf(record, list), expected)
  })
}

test('a list that asks for nothing is complete', () => {
  assert.equal(completenessOf({}, FIELD_LISTS.other), 1)
})

test('names that every object inherits are not values', () => {
  assert.equal(completenessOf({}, { required: ['constructor', 'toString'], optional: [] }), 0)
})

test('filling a field never lowers completeness', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...DOCUMENT_KINDS),
      fc.dictionary(fc.constantFrom('mpn', 'name', 'price', 'company', 'total'), fc.string()),
      fc.constantFrom('mpn', 'name', 'price', 'company', 'total'),
      (kind, record, field) => {
        const before = completenessOf(record, FIELD_LISTS[kind])
        const after = completenessOf({ ...record, [field]: 'x' }, FIELD_LISTS[kind])
        assert.ok(after >= before && after <= 1)
      },
    ),
  )
})
