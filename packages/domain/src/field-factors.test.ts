import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fieldFactorsOf } from './field-factors.ts'

test('of the fields of an output a decision sees how sure they are, and which model said them', () => {
  const source = { method: 'model' as const, model: 'anthropic/m', said: 0.95, page: 1 }

  assert.deepEqual(
    fieldFactorsOf({
      score: 1,
      fields: { total: { value: '1.00', confidence: 0.9 }, date: { value: 'x', confidence: 0.7, source } },
    }),
    { total: { confidence: 0.9 }, date: { confidence: 0.7, model: 'anthropic/m', said: 0.95 } },
  )
})

for (const output of [null, 'text', {}, { fields: [1] }, { fields: { total: 3 } }]) {
  test(`an output without fields of our form has none: ${JSON.stringify(output)}`, () => {
    assert.equal(fieldFactorsOf(output), undefined)
  })
}
