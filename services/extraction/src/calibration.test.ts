import assert from 'node:assert/strict'
import { test } from 'node:test'
import { calibrated } from './calibration.ts'

const TABLE = [
  [0.2, 0.1],
  [0.6, 0.5],
  [0.9, 0.95],
] as const

for (const [score, chance] of [
  [0, 0.1],
  [0.2, 0.1],
  [0.4, 0.3],
  [0.6, 0.5],
  [1, 0.95],
] as const) {
  test(`a score of ${score} is a chance of ${chance}`, () => {
    assert.ok(Math.abs(calibrated(TABLE, score) - chance) < 1e-9)
  })
}

test('without a table the score stands', () => {
  assert.equal(calibrated(undefined, 0.7), 0.7)
  assert.equal(calibrated([], 0.7), 0.7)
})
