import assert from 'node:assert/strict'
import { test } from 'node:test'
import { effectiveRetryPlan, RetryPlan, retryDelayMs } from './retry-plan.ts'

test('an unknown failure is retried three times: after 60, 120 and 240 seconds and up to a fifth more', () => {
  const plan = effectiveRetryPlan()
  assert.equal(plan.maxAttempts, 4)

  for (const [attempt, baseMs] of [
    [1, 60_000],
    [2, 120_000],
    [3, 240_000],
  ] as const) {
    const delays = Array.from({ length: 500 }, (_, i) => retryDelayMs(plan, 'unknown', attempt, `job-${i}`))
    assert.ok(Math.min(...delays) >= baseMs && Math.min(...delays) < baseMs * 1.02, String(Math.min(...delays)))
    assert.ok(Math.max(...delays) <= baseMs * 1.2 && Math.max(...delays) > baseMs * 1.18, String(Math.max(...delays)))
  }
})

test('a transient failure is retried soon', () => {
  const delay = retryDelayMs(effectiveRetryPlan(), 'transient', 1, 'x')

  assert.ok(delay >= 5_000 && delay <= 6_000)
})

test('the same seed gives the same delay', () => {
  const plan = effectiveRetryPlan()

  assert.equal(retryDelayMs(plan, 'unknown', 2, 'x'), retryDelayMs(plan, 'unknown', 2, 'x'))
  assert.notEqual(retryDelayMs(plan, 'unknown', 2, 'x'), retryDelayMs(plan, 'unknown', 2, 'y'))
})

test('the first layer that says something wins, value by value', () => {
  const plan = effectiveRetryPlan(
    { maxAttempts: 9 },
    undefined,
    { maxAttempts: 2, baseMs: 7 },
    { multiplier: 3, baseMs: 8 },
  )

  assert.deepEqual(plan, { maxAttempts: 9, baseMs: 7, multiplier: 3, maxDelayMs: 86_400_000 })
})

test('a delay never grows beyond the most, its fifth aside', () => {
  const plan = effectiveRetryPlan({ maxDelayMs: 1_000, multiplier: 10 })

  assert.ok(retryDelayMs(plan, 'unknown', 100, 'x') <= 1_200)
})

test('plans that make no sense are refused', () => {
  for (const plan of [{ maxAttempts: 0 }, { baseMs: -1 }, { multiplier: 0.5 }, { tries: 3 }, { maxAttempts: 1.5 }]) {
    assert.equal(RetryPlan.safeParse(plan).success, false, JSON.stringify(plan))
  }
})
