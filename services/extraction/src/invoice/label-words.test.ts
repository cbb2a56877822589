import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasLabel } from './label-words.ts'

test('a label inside of another word is none', () => {
  assert.equal(hasLabel('Monitor arm, adjustable', 'tax'), false)
  assert.equal(hasLabel('Rollcontainer, abschließbar', 'line_sum'), false)
  assert.equal(hasLabel('Industrial support bracket', 'line_sum'), false)
  assert.equal(hasLabel('August 2026', 'tax'), false)
})

test('labels are found in their spellings', () => {
  assert.equal(hasLabel('19 % USt. 12,00', 'tax'), true)
  assert.equal(hasLabel('USt-Betrag', 'tax'), true)
  assert.equal(hasLabel('Abschlag 5 %', 'line_sum'), true)
  assert.equal(hasLabel('USt-IdNr. DE700000001', 'vat_id'), true)
})
