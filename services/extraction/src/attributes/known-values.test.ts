import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KnownValues } from './known-values.ts'
import { Schema } from './schema.ts'

const SCHEMA = new Schema([
  { category: 'Tea', attributes: ['Brand', 'Flavor'] },
  { category: 'Coffee', attributes: ['Brand'] },
])
const VALUES = new KnownValues(
  [
    {
      key: 'exempla',
      titles: [
        [0, 1],
        [1, 3],
      ],
      values: [
        [0, 1],
        [2, 3],
      ],
    },
  ],
  SCHEMA,
)
const tea = SCHEMA.find('tea')!
const coffee = SCHEMA.find('Coffee')!

test('a value that was never seen says nothing', () => {
  assert.equal(VALUES.rows('unheard of', tea), undefined)
})

test('a value of one attribute speaks for it and not for its neighbour', () => {
  const [brand, flavor] = VALUES.rows('exempla', tea) ?? []

  assert.notDeepEqual(brand, flavor)
})

test('a brand known from another category is known here by its name', () => {
  const elsewhere = VALUES.rows('exempla', tea, new Map([['exempla', [0]]]))?.[0]
  const unknown = VALUES.rows('exempla', tea, new Map([['exempla', [0]]]))?.[1]

  assert.notDeepEqual(elsewhere, unknown)
})

test('a value met in one title only is unknown to the title it was learned from', () => {
  const once = new KnownValues([{ key: 'exempla', titles: [[1, 1]], values: [[2, 1]] }], SCHEMA)

  assert.ok(once.rows('exempla', coffee))
  assert.equal(once.rows('exempla', coffee, new Map([['exempla', [2]]])), undefined)
})
