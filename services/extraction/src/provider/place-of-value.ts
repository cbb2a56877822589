import { occursIn } from '@stageline/connectors'
import type { DocumentModel, FieldSource } from '@stageline/domain'
import { findAmounts, toUnits } from '../values/parse-amount.ts'
import { findDates } from '../values/parse-date.ts'

/** What a value may be read from: lines with their places, or the text of a record. */
export type Shown = { text: string; pages: DocumentModel['pages'] }

/** These say something of the document in words of ours, which need not stand in it. */
const IN_OUR_WORDS = new Set(['availability', 'category'])

/**
 * Where a model's value stands in what it was shown: the first line that has it, so that a person can look. A value that
 * stands nowhere is marked as not grounded.
 */
export function placeOfValue(name: string, value: string, { text, pages }: Shown): FieldSource {
  const isIn = finder(name, value)
  for (const { number, lines } of pages) {
    const line = lines.find((line) => isIn(line.text))
    if (line) {
      const box = line.box ? { box: line.box } : {}
      return { method: 'model', page: number, ...box, text: line.text.slice(0, 500) }
    }
  }
  const isGrounded = IN_OUR_WORDS.has(name) || isIn(text) || occursIn(text, value)
  return isGrounded ? { method: 'model' } : { method: 'model', grounded: false }
}

/** Amounts and dates are printed in many ways, currencies as signs. */
function finder(name: string, value: string): (text: string) => boolean {
  if (/date/.test(name)) return (text) => findDates(text).some(({ iso }) => iso === value)
  const units = /total|price|amount|quantity/.test(name) ? toUnits(value) : undefined
  if (units !== undefined) {
    return (text) => findAmounts(text, { wholeNumbers: true }).some((amount) => toUnits(amount.value) === units)
  }
  const signs = name === 'currency' ? signsOf(value) : []
  return (text) => occursIn(text, value) || signs.some((sign) => text.includes(sign))
}

function signsOf(code: string): string[] {
  if (!Intl.supportedValuesOf('currency').includes(code)) return []
  return (['symbol', 'narrowSymbol'] as const).flatMap((currencyDisplay) =>
    new Intl.NumberFormat('en', { style: 'currency', currency: code, currencyDisplay })
      .formatToParts(1)
      .flatMap((part) => (part.type === 'currency' ? [part.value] : [])),
  )
}
