import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isId, newId } from './ids.ts'

test('a hundred thousand ids differ', () => {
  const ids = Array.from({ length: 100_000 }, () => newId(1_700_000_000_000))

  assert.equal(new Set(ids).size, ids.length)
})

test('ids sort by the millisecond of their making', () => {
  const ids = [0, 1, 255, 256, 1_700_000_000_000, 1_700_000_000_001, 2 ** 48 - 1].map((ms) => newId(ms))

  assert.deepEqual(ids.toSorted(), ids)
})

test('an id is a UUID of version 7 and says when it was made', () => {
  const id = newId(1_700_000_000_000)

  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.equal(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16), 1_700_000_000_000)
})

test('what is no id is known as such', () => {
  assert.ok(isId(newId()))
  for (const text of ['', 'x', newId().toUpperCase(), `${newId()} `, newId().replaceAll('-', '')])
    assert.equal(isId(text), false)
})
