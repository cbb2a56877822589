import type { Extraction, Field, Fields } from '@stageline/domain'
import type { Cell } from './page-cells.ts'

const TITLE =
  /^\s*(?:credit\s*(?:note|memo)|gutschrift|avoir|note\s+de\s+cr[ée]dit|nota\s+d[ie]\s+cr[ée]dito|creditnota)(?!\p{L})/iu

/** Does a title among the first lines say that this is a credit note? */
export const isCreditNote = (lines: readonly Cell[][]): boolean =>
  lines.slice(0, HEAD_LINES).some((line) => line.some(({ text }) => TITLE.test(text)))

const HEAD_LINES = 60

/**
 * A credit note that prints its amounts with a minus, stated as e-invoices state it: type 381 of UNTDID 1001 credits
 * positive amounts. One that prints them without is left as it is.
 */
export function statedAsCredit({ fields, lineItems }: Extraction): Extraction {
  const gross = String((fields['gross_total'] ?? fields['net_total'])?.value ?? '')
  if (!gross.startsWith('-')) return { fields, lineItems }
  return { fields: turned(fields, TOTALS), lineItems: lineItems.map((line) => turned(line, ['line_total'])) }
}

const TOTALS = ['net_total', 'tax_total', 'gross_total', 'due_amount']

const turned = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, names.includes(name) ? opposite(field) : field]),
  )

function opposite(field: Field): Field {
  const value = String(field.value)
  const turnedValue = value.startsWith('-') ? value.slice(1) : Number(value) === 0 ? value : `-${value}`
  return { ...field, printed: field.printed ?? value, value: turnedValue }
}
