import { failed, inputsOf, notApplicable, passed, textOf } from './check-rule.ts'
import type { CheckRule } from './check-rule.ts'

export const gtinCheckDigit: CheckRule = {
  name: 'gtin_check_digit',
  weight: 0.4,
  blocking: true,
  find({ fields }) {
    const inputs = inputsOf(fields, 'gtin')
    const gtin = textOf(fields.gtin)?.replace(/[\s-]/g, '')
    if (!gtin) return notApplicable(inputs, 'There is no GTIN.')
    if (!/^(\d{8}|\d{12,14})$/.test(gtin)) return failed(inputs, `"${gtin}" is not 8, 12, 13 or 14 digits long.`)
    return isGtin(gtin)
      ? passed(inputs, `The check digit of ${gtin} is right.`)
      : failed(inputs, `The check digit of ${gtin} is wrong: it was misread or mistyped.`)
  },
}

/** GS1 General Specifications 7.9: with weights 1 and 3 from the right, the digits sum to a multiple of ten. */
const isGtin = (digits: string) =>
  Array.from(digits, Number).reduceRight(
    (sum, digit, index) => sum + digit * ((digits.length - index) % 2 === 1 ? 1 : 3),
    0,
  ) %
    10 ===
  0
