import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  hashLine,
  hashPrinted,
  mostSeen,
  recall,
  writtenName,
  type KnownVendorsFile,
  type Seen,
} from './known-vendors.ts'

test('a name is known by its print before its letters, and by its letters before a number', () => {
  const vendors: KnownVendorsFile = {
    texts: ['MILL SHOP', 'M.I.L.L. SHOP', 'MILL HOLDING'],
    byName: {
      [hashPrinted('MILL  SHOP (1)')]: [[0, [9]]],
      [hashLine('MILL SHOP (1)')]: [[1, [1, 2, 3, 4, 5]]],
    },
    byNumber: { [hashLine('123456A')]: [[2, [9, 9]]] },
    addressLines: {},
    addresses: {},
    addressesOf: {},
  }

  assert.deepEqual(writtenName(vendors, ['MILL  SHOP (1)'], ['123456A']), {
    text: 'MILL SHOP',
    count: 1,
    seen: 1,
    near: 0,
    seenNear: 0,
    by: 'print',
  })
  assert.equal(writtenName(vendors, ['MILL SHOP (1)'], ['123456A'])?.text, 'M.I.L.L. SHOP')
  assert.equal(writtenName(vendors, ['WINDMILL'], ['123456A'])?.text, 'MILL HOLDING')
  assert.equal(writtenName(vendors, ['WINDMILL'], ['654321A']), undefined)
})

test('of texts seen alike the less odd one is written, of others the one seen more often', () => {
  const oddity = (text: string) => (text.endsWith('.') ? 0.35 : 0)
  const once = { count: 1, near: 0 }

  const alike = new Map([
    ['A.', once],
    ['B', once],
  ])
  const often = new Map([
    ['A.', { count: 3, near: 0 }],
    ['B', once],
  ])

  assert.equal(mostSeen(alike, oddity)?.text, 'B')
  assert.deepEqual(mostSeen(often, oddity), { text: 'A.', count: 3, near: 0, seen: 4, seenNear: 0 })
  assert.equal(mostSeen(new Map()), undefined)
})

test('a text is written as on the receipts of about the same day', () => {
  const vendors = {
    ...NONE,
    texts: ['MILL SHOP', 'MILL-SHOP'],
    byName: {
      [hashLine('MILL SHOP')]: [
        [0, [17_000, 17_001, 17_002]],
        [1, [17_500]],
      ] satisfies Seen,
    },
  }
  const written = (day?: number) => mostSeen(recall(vendors, [vendors.byName[hashLine('MILL SHOP')]], day))

  assert.equal(written(17_010)?.text, 'MILL SHOP')
  assert.equal(written(17_500)?.text, 'MILL-SHOP')
  assert.equal(written()?.text, 'MILL SHOP')
  assert.equal(written(17_500)?.near, 1)
})

const NONE = { byNumber: {}, byName: {}, addressLines: {}, addresses: {}, addressesOf: {} }
