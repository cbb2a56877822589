import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashLine, hashPrinted, type KnownVendorsFile } from './known-vendors.ts'
import { slips, withBlanks, writtenAddress } from './written-address.ts'

const WHOLE = '12, MILL ROAD, OLD TOWN, 12345 FERNHILL'
const SPACED = 'NO. 12, MILL ROAD, OLD TOWN, 12345 FERNHILL'

test('lines as printed decide between addresses that differ in blanks alone', () => {
  const vendors = known({
    addresses: {
      [hashPrinted('FIRM', 'NO. 12', '12345 FERNHILL')]: [[1, [9]]],
      [hashPrinted('FIRM', 'NO.12', '12345 FERNHILL')]: [[0, [1, 2, 3]]],
      [hashLine('FIRM', 'NO.12', '12345 FERNHILL')]: [
        [0, [1, 2, 3]],
        [1, [9]],
      ],
    },
  })

  const address = writtenAddress(vendors, ['FIRM'], ['NO. 12', '12345 FERNHILL'])

  assert.deepEqual(address, { text: SPACED, count: 1, seen: 1, near: 0, seenNear: 0, by: 'print', known: 1 })
})

test('an address of the vendor that holds the lines is written out, with a slip of the scan', () => {
  const vendors = known({ addressesOf: { [hashLine('FIRM')]: [[0, [1, 2, 3]]] } })

  assert.equal(writtenAddress(vendors, ['FIRM'], ['12 MILL ROAD', '12345 FERMHILL']).by, 'vendor')
  assert.equal(writtenAddress(vendors, ['FIRM'], ['12 MILL ROAD', '12346 FERNHILL']).by, 'parts')
})

test('a line met before is written out beside one that was not', () => {
  const vendors = known({ addressLines: { [hashLine('FIRM', '12')]: [[2, [1, 2]]] } })

  const { text, by, known: share } = writtenAddress(vendors, ['FIRM'], ['12', '77777 ELSEWHERE'])

  assert.deepEqual({ text, by, share }, { text: '12, MILL ROAD, 77777 ELSEWHERE', by: 'parts', share: 0.5 })
})

test('a line met before is written out with the blanks that are printed here', () => {
  const vendors = known({ addressLines: { [hashLine('FIRM', 'NO.12')]: [[3, [1]]] } })

  assert.equal(
    writtenAddress(vendors, ['FIRM'], ['NO. 12', '77777 ELSEWHERE']).text,
    'NO. 12, MILL ROAD, 77777 ELSEWHERE',
  )
})

test('blanks and points that are printed are written, those that a scan lost stay', () => {
  assert.equal(withBlanks('NO.12, MILL ROAD, FERNHILL', ['NO. 12', 'FERNHILL']), 'NO. 12, MILL ROAD, FERNHILL')
  assert.equal(withBlanks('12, MILL ROAD', ['MILLROAD']), '12, MILL ROAD')
  assert.equal(withBlanks('12, MILL ROAD', ['1 2']), '12, MILL ROAD')
})

test('letters may slip, digits may not', () => {
  assert.equal(slips('FERNHILL', 'OLDTOWNFERNHILL'), 0)
  assert.equal(slips('FERMHILL', 'OLDTOWNFERNHILL'), 1)
  assert.equal(slips('12346', '12345'), 5)
})

function known(parts: Partial<KnownVendorsFile>): KnownVendorsFile {
  const empty = { byNumber: {}, byName: {}, addressLines: {}, addresses: {}, addressesOf: {} }
  return { texts: [WHOLE, SPACED, '12, MILL ROAD,', 'NO.12, MILL ROAD,'], ...empty, ...parts }
}
