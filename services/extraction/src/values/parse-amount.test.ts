import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findAmounts, parseAmount, toUnits } from './parse-amount.ts'

for (const [printed, value] of [
  ['1,234.56', '1234.56'],
  ['1.234,56', '1234.56'],
  ['1 234,56', '1234.56'],
  ["1'234.50", '1234.50'],
  ['0,052', '0.052'],
  ['1.000', '1000'],
  ['12', '12'],
  ['007.50', '7.50'],
] as const) {
  test(`${printed} is ${value}`, () => {
    assert.equal(parseAmount(printed)?.value, value)
  })
}

for (const printed of ['', 'abc', '1,2.3,4', '12-3']) {
  test(`"${printed}" is no number`, () => {
    assert.equal(parseAmount(printed), undefined)
  })
}

for (const [text, values] of [
  ['TOTAL RM 9.90', ['9.90']],
  ['2.076,76 € + 0,00 €', ['2076.76', '0.00']],
  ['Remise -20,48 €', ['-20.48']],
  ['20.48- paid', ['-20.48']],
  ['VAT 19.00 % of 100.00', ['100.00']],
  ['on 05.03.2018 at 10:08', []],
  ['IBAN DE02120300000000202051', []],
  ['4 x 2', []],
  ['Rs 6,35,000.50 only', ['635000.50']],
] as const) {
  test(`the amounts with decimals in "${text}" are ${values.join(', ') || 'none'}`, () => {
    assert.deepEqual(
      findAmounts(text)
        .filter(({ decimals }) => decimals === 2)
        .map(({ value }) => value),
      values,
    )
  })
}

test('the currency before an amount is kept apart', () => {
  assert.deepEqual(findAmounts('RM 9.90')[0], { value: '9.90', printed: '9.90', prefix: 'RM ', index: 3, decimals: 2 })
})

test('decimals become whole units of a ten-thousandth', () => {
  assert.equal(toUnits('-1234.5'), -12345000n)
  assert.equal(toUnits('1.23456'), undefined)
})
