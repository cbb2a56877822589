import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DocumentModel } from '@stageline/domain'
import { receiptLines } from './receipt-line.ts'
import { totalCandidates } from './total-candidates.ts'

test('a minus right before an amount is printed with it', () => {
  const [first] = candidates('TOTAL PAYABLE: -1.73')

  assert.deepEqual([first?.printed, first?.value], ['-1.73', '-1.73'])
})

test('a dash with a blank behind it is no part of what is printed', () => {
  const [first] = candidates('TOTAL - 1.73')

  assert.equal(first?.printed, '1.73')
})

test('an amount has the form of its label and currency, whatever the amount', () => {
  const [plain, signed] = candidates('TOTAL RM 4.50')
  const [other] = candidates('TOTAL RM 19.99')

  assert.deepEqual([plain?.printed, signed?.printed], ['4.50', 'RM 4.50'])
  assert.equal(plain?.form, other?.form)
  assert.notEqual(plain?.form, signed?.form)
  assert.notEqual(plain?.form, candidates('CHANGE RM 4.50')[0]?.form)
})

function candidates(text: string) {
  const page: DocumentModel['pages'][number] = { number: 1, width: 0, height: 0, origin: 'text', lines: [{ text }] }
  const document = { reader: 'test', mediaType: 'text/plain', tables: [], structured: [], metadata: {}, warnings: [] }
  return totalCandidates(receiptLines({ ...document, pages: [page] }))
}
