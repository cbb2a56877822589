import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compare, decimalOf, plus, roundTo, sum, textOfDecimal, times } from './decimal.ts'
import type { Decimal } from './decimal.ts'

const read = (text: string): Decimal => {
  const decimal = decimalOf(text)
  assert.ok(decimal, `${text} is a decimal`)
  return decimal
}

test('tenths and cents add up without a rest', () => {
  assert.equal(textOfDecimal(plus(read('0.1'), read('0.2'))), '0.3')
  assert.equal(textOfDecimal(sum(['19.99', '0.01', '-5'].map(read))), '15.00')
})

test('numbers with different digits behind the point compare by value', () => {
  assert.equal(compare(read('1.5'), read('1.500')), 0)
  assert.equal(compare(read('-2'), read('-1.99')), -1)
})

const rounding: [value: string, scale: number, expected: string][] = [
  ['1.005', 2, '1.01'],
  ['-1.005', 2, '-1.01'],
  ['1.0049', 2, '1.00'],
  ['-0.004', 2, '0.00'],
  ['7', 2, '7.00'],
  ['2.5', 0, '3'],
]

for (const [value, scale, expected] of rounding) {
  test(`${value} rounded to ${scale} digits is ${expected}`, () => {
    assert.equal(textOfDecimal(roundTo(read(value), scale)), expected)
  })
}

for (const text of ['', '1,50', '1.234.567', '1e5', 'NaN', '12.', '.5', '١٢', '9'.repeat(31)]) {
  test(`"${text.slice(0, 12)}" is no decimal`, () => {
    assert.equal(decimalOf(text), undefined)
  })
}

const cents = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n })
const amount = (units: bigint): Decimal => ({ units, scale: 2 })

test('writing and reading an amount gives the amount again', () => {
  fc.assert(fc.property(cents, (units) => assert.deepEqual(read(textOfDecimal(amount(units))), amount(units))))
})

test('adding and multiplying agree with whole cents', () => {
  fc.assert(
    fc.property(cents, cents, (a, b) => {
      assert.equal(plus(amount(a), amount(b)).units, a + b)
      assert.deepEqual(times(amount(a), amount(b)), { units: a * b, scale: 4 })
    }),
  )
})
