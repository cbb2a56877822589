import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { errorRateBounds, errorTargetOf, errorTargetsOf } from './error-target.ts'

/** Tables of the exact interval: 0 of n by the closed form, the others from the beta quantiles. */
const bounds: [wrong: number, verified: number, lower: number, upper: number][] = [
  [0, 20, 0, 0.1391],
  [0, 299, 0, 0.00997],
  [1, 20, 0.00256, 0.2161],
  [3, 30, 0.0278, 0.2386],
  [10, 10, 0.7411, 1],
]

for (const [wrong, verified, lower, upper] of bounds) {
  test(`${wrong} wrong of ${verified} mean an error rate between ${lower} and ${upper}`, () => {
    const [low, high] = errorRateBounds(wrong, verified)

    assert.ok(Math.abs(low - lower) < 5e-4, `lower ${low}`)
    assert.ok(Math.abs(high - upper) < 5e-4, `upper ${high}`)
  })
}

test('too few verified outcomes give no threshold, and say how many are needed', () => {
  const target = errorTargetOf(rightOnes(100, 0.99), 0.01)

  assert.deepEqual(target, { targetErrorRate: 0.01, verified: 100, needed: 299 })
})

test('right ones alone show a target as soon as there are enough of them', () => {
  const target = errorTargetOf(rightOnes(299, 0.9), 0.01)

  assert.equal(target.minConfidence, 0.9)
  assert.deepEqual([target.above?.verified, target.above?.wrong], [299, 0])
})

test('the threshold lies above the doubtful ones that are wrong', () => {
  const doubtful = Array.from({ length: 40 }, (_, i) => ({ confidence: 0.5, right: i % 2 === 0 }))

  const target = errorTargetOf([...doubtful, ...rightOnes(400, 0.95)], 0.01)

  assert.equal(target.minConfidence, 0.95)
  assert.equal(target.verified, 440)
})

test('where confidence says nothing, nothing completes by itself', () => {
  const outcomes = Array.from({ length: 1_000 }, (_, i) => ({ confidence: (i % 100) / 100, right: i % 7 !== 0 }))

  assert.equal(errorTargetOf(outcomes, 0.01).minConfidence, null)
})

const outcome = fc.record({ confidence: fc.double({ min: 0, max: 1, noNaN: true }), right: fc.boolean() })

test('whatever was verified, what is above the threshold keeps the target, and order does not matter', () => {
  fc.assert(
    fc.property(fc.array(outcome, { maxLength: 300 }), fc.double({ min: 0.02, max: 0.9, noNaN: true }), (all, rate) => {
      const target = errorTargetOf(all, rate)

      assert.deepEqual(errorTargetOf(all.toReversed(), rate), target)
      if (!target.above) return
      const above = all.filter(({ confidence }) => confidence >= (target.minConfidence ?? 2))
      assert.equal(above.length, target.above.verified)
      assert.equal(above.filter(({ right }) => !right).length, target.above.wrong)
      assert.ok(target.above.interval[1] <= rate)
    }),
  )
})

test('one more wrong item never lowers the threshold', () => {
  fc.assert(
    fc.property(fc.array(outcome, { maxLength: 200 }), (all) => {
      const limit = (outcomes: Judged[]) => errorTargetOf(outcomes, 0.1).minConfidence ?? 2

      assert.ok(limit([...all, { confidence: 1, right: false }]) >= limit(all))
    }),
  )
})

test('each field has a target of its own, from the outcomes that had it', () => {
  const outcomes = Array.from({ length: 400 }, (_, i) => ({
    confidence: 1,
    right: true,
    fields: {
      total: { confidence: 0.9, right: true },
      date: { confidence: i % 2 === 0 ? 0.9 : 0.5, right: i % 4 !== 1 },
      ...(i < 10 ? { note: { confidence: 0.9, right: true } } : {}),
    },
  }))

  const { errorTarget, fieldTargets } = errorTargetsOf(outcomes, { fieldErrorRate: 0.02 })

  assert.equal(errorTarget, undefined)
  assert.deepEqual(
    Object.entries(fieldTargets!).map(([name, { minConfidence, verified }]) => [name, minConfidence, verified]),
    [
      ['total', 0.9, 400],
      ['date', 0.9, 400],
      ['note', undefined, 10],
    ],
  )
})
type Judged = { confidence: number; right: boolean }

const rightOnes = (count: number, confidence: number): Judged[] =>
  Array.from({ length: count }, () => ({ confidence, right: true }))
