import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashLine, hashPrinted, mostSeen, writtenName, type KnownVendorsFile } from './known-vendors.ts'

test('a name is known by its print before its letters, and by its letters before a number', () => {
  const vendors: KnownVendorsFile = {
    texts: ['MILL SHOP', 'M.I.L.L. SHOP', 'MILL HOLDING'],
    byName: {
      [hashPrinted('MILL  SHOP (1)')]: [[0, 1]],
      [hashLine('MILL SHOP (1)')]: [[1, 5]],
    },
    byNumber: { [hashLine('123456A')]: [[2, 2]] },
    addressLines: {},
    addresses: {},
    addressesOf: {},
  }

  assert.deepEqual(writtenName(vendors, ['MILL  SHOP (1)'], ['123456A']), {
    text: 'MILL SHOP',
    count: 1,
    seen: 1,
    by: 'print',
  })
  assert.equal(writtenName(vendors, ['MILL SHOP (1)'], ['123456A'])?.text, 'M.I.L.L. SHOP')
  assert.equal(writtenName(vendors, ['WINDMILL'], ['123456A'])?.text, 'MILL HOLDING')
  assert.equal(writtenName(vendors, ['WINDMILL'], ['654321A']), undefined)
})

test('of texts seen alike the less odd one is written, of others the one seen more often', () => {
  const oddity = (text: string) => (text.endsWith('.') ? 0.35 : 0)

  const alike = new Map([
    ['A.', 1],
    ['B', 1],
  ])
  const often = new Map([
    ['A.', 3],
    ['B', 1],
  ])

  assert.equal(mostSeen(alike, oddity)?.text, 'B')
  assert.deepEqual(mostSeen(often, oddity), { text: 'A.', count: 3, seen: 4 })
  assert.equal(mostSeen(new Map()), undefined)
})
