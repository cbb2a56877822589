import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DURATION_CLASSES, durationsOf } from './duration-classes.ts'

const classOf = (ms: number): number => Math.floor(DURATION_CLASSES * Math.log2(ms))

test('percentiles by classes are within 5 % of the true ones, and the mean is exact', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 100, max: 10_000_000 }), { minLength: 1 }), (durations) => {
      const sorted = durations.toSorted((a, b) => a - b)

      const told = durationsOf(durations.map((ms) => ({ class: classOf(ms), count: 1, totalMs: ms })))!

      const true95 = sorted[Math.ceil(0.95 * sorted.length) - 1]!
      assert.ok(Math.abs(told.p95Ms - true95) <= true95 * 0.05, `${told.p95Ms} for ${true95}`)
      assert.equal(told.avgMs, Math.round(durations.reduce((sum, ms) => sum + ms, 0) / durations.length))
      assert.ok(told.p50Ms <= told.p95Ms && told.p95Ms <= told.p99Ms)
    }),
  )
})

test('of nothing there are no durations', () => {
  assert.equal(durationsOf([]), null)
})
