import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findDates } from './parse-date.ts'

for (const [text, iso] of [
  ['05.03.2018', '2018-03-05'],
  ['27/06/18 10:08', '2018-06-27'],
  ['2019-01-25', '2019-01-25'],
  ['05-JAN-2017', '2017-01-05'],
  ['3 March 2026', '2026-03-03'],
  ['March 3, 2026', '2026-03-03'],
  ['3. Januar 2018', '2018-01-03'],
  ['le 14 février 2020', '2020-02-14'],
  ['12/31/2026', '2026-12-31'],
  ['20260305', '2026-03-05'],
] as const) {
  test(`"${text}" is ${iso}`, () => {
    assert.equal(findDates(text)[0]?.iso, iso)
  })
}

for (const text of ['31.02.2020', '45/67/2020', '1.234,56', 'Tel 03-7726 2929', '192.168.10.12']) {
  test(`"${text}" holds no date`, () => {
    assert.deepEqual(findDates(text), [])
  })
}

test('a document that writes the month first is read so', () => {
  assert.equal(findDates('11/03/2017', { monthFirst: true })[0]?.iso, '2017-11-03')
  assert.equal(findDates('11.03.2017', { monthFirst: true })[0]?.iso, '2017-03-11')
})

test('several dates come in the order of the text, as printed', () => {
  assert.deepEqual(
    findDates('from 01.09.2013 to 30.09.2013').map(({ printed }) => printed),
    ['01.09.2013', '30.09.2013'],
  )
})
