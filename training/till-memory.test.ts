import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTillMemory } from './till-memory.ts'

const first = { keys: ['vendor'], forms: [shown('total', true), shown('total', false), shown('paid', false)] }
const second = { keys: ['vendor'], forms: [shown('total', true), shown('paid', false)] }

test('habits count receipts, not candidates, and leave out what never was right', () => {
  const { habits } = createTillMemory([first, second])

  assert.deepEqual(habits(), { vendor: { receipts: 2, forms: { total: [2, 2] } } })
})

test('a receipt does not see itself, and is counted again afterwards', () => {
  const memory = createTillMemory([first, second])

  const seen = memory.without(first, (habit) => structuredClone(habit))

  assert.deepEqual(seen, { receipts: 1, forms: { total: [1, 1], paid: [1, 0] } })
  assert.deepEqual(memory.habits(), { vendor: { receipts: 2, forms: { total: [2, 2] } } })
  assert.equal(
    createTillMemory([first]).without(first, (habit) => habit),
    undefined,
  )
})

function shown(form: string, isRight: boolean) {
  return { form, isRight }
}
