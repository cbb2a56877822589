import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCreditNote, statedAsCredit } from './credit-note.ts'

test('a title says that a document is a credit note, a sentence that mentions one does not', () => {
  assert.equal(isCreditNote([[cell('Avoir AV-2026-0005')]]), true)
  assert.equal(isCreditNote([[cell('Invoice')], [cell('Please send us no credit note')]]), false)
})

test('amounts printed with a minus are credited as positive ones, as they were printed stays', () => {
  const { fields, lineItems } = statedAsCredit({
    fields: { gross_total: field('-24.00'), tax_total: field('-4.00'), invoice_number: field('CN-7') },
    lineItems: [{ line_total: field('-20.00'), quantity: field('2') }],
  })

  assert.deepEqual(
    Object.entries(fields).map(([name, { value }]) => [name, value]),
    [
      ['gross_total', '24.00'],
      ['tax_total', '4.00'],
      ['invoice_number', 'CN-7'],
    ],
  )
  assert.equal(fields['gross_total']?.printed, '-24.00')
  assert.deepEqual([lineItems[0]?.['line_total']?.value, lineItems[0]?.['quantity']?.value], ['20.00', '2'])
})

test('a credit note printed without a minus is left as it is', () => {
  const read = { fields: { gross_total: field('24.00') }, lineItems: [{ line_total: field('-1.00') }] }

  assert.deepEqual(statedAsCredit(read), read)
})

const field = (value: string) => ({ value, confidence: 0.9 })

const cell = (text: string) => ({
  text,
  page: 1,
  box: undefined,
  words: [],
  line: 0,
  column: 0,
  lineText: text,
  depth: 0,
})
