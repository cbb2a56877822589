import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTillMemory } from './till-memory.ts'

const first = { keys: ['vendor'], day: 7, forms: [shown('total', true), shown('total', false), shown('paid', false)] }
const second = { keys: ['vendor'], day: 9, forms: [shown('total', true), shown('paid', false)] }
const BOTH = { vendor: { days: [7, 9], forms: { total: [2, [7, 9]] }, writings: { plain: [7, 9] } } }

test('habits count receipts, not candidates, and leave out what never was right', () => {
  const { habits } = createTillMemory([first, second])

  assert.deepEqual(habits(), BOTH)
})

test('a receipt does not see itself, and is counted again afterwards', () => {
  const memory = createTillMemory([first, second])

  const seen = memory.without(first, (habit) => structuredClone(habit))

  assert.deepEqual(seen, { days: [9], forms: { total: [1, [9]], paid: [1, []] }, writings: { plain: [9] } })
  assert.deepEqual(memory.habits(), BOTH)
  assert.equal(
    createTillMemory([first]).without(first, (habit) => habit),
    undefined,
  )
})

function shown(form: string, isRight: boolean) {
  return { form, writing: 'plain', isRight }
}
