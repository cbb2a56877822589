import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { changePolicy, PolicyChange } from './change-policy.ts'
import { BUILT_IN_POLICIES, evaluatePolicy, type Policy } from './policy.ts'

const [completeness, priority] = BUILT_IN_POLICIES

test('a changed threshold makes the next version, the others stay', () => {
  const changed = changePolicy(completeness!, { thresholds: { highCompleteness: 0.9 } })

  assert.ok('policy' in changed)
  assert.equal(changed.policy.version, completeness!.version + 1)
  assert.deepEqual(changed.policy.thresholds, { ...completeness!.thresholds, highCompleteness: 0.9 })
})

const refused: [about: string, thresholds: Record<string, number>, pointer: string][] = [
  ['beyond 1', { highCompleteness: 1.1 }, '/thresholds/highCompleteness'],
  ['below 0', { minPriority: -0.1 }, '/thresholds/minPriority'],
  ['that this rule does not have', { minConfidence: 0.5 }, '/thresholds'],
  ['that cross each other', { mediumCompleteness: 0.81 }, '/thresholds/mediumCompleteness'],
  ['that are no whole number of failures', { maxRecentFailures: 1.5 }, '/thresholds/maxRecentFailures'],
]

for (const [about, thresholds, pointer] of refused) {
  test(`thresholds ${about} are refused and pointed to`, () => {
    const changed = changePolicy(completeness!, { thresholds })

    assert.deepEqual('problems' in changed && changed.problems.map((one) => one.pointer), [pointer])
  })
}

test('an unknown member of a change is refused', () => {
  assert.equal(PolicyChange.safeParse({ rule: 'confidence' }).success, false)
})

test('what a version decides does not depend on the versions after it', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(share, share, (given, minPriority) => {
      const before = evaluatePolicy(priority!, { priority: given })
      const changed = changePolicy(priority!, { thresholds: { minPriority } })

      assert.ok('policy' in changed)
      assert.equal(evaluatePolicy(changed.policy, { priority: given }).version, 2)
      assert.deepEqual(evaluatePolicy(priority!, { priority: given }), before)
    }),
  )
})

test('a daily limit is set, kept while thresholds change, and taken away by null', () => {
  const change = (policy: Policy, about: Partial<PolicyChange>) => {
    const changed = changePolicy(policy, PolicyChange.parse(about))
    assert.ok('policy' in changed)
    return changed.policy
  }

  const limited = change(priority!, { maxDailyTasks: 1_000 })
  const other = change(limited, { thresholds: { minPriority: 0.3 } })

  assert.deepEqual([limited.maxDailyTasks, other.maxDailyTasks], [1_000, 1_000])
  assert.equal('maxDailyTasks' in change(other, { maxDailyTasks: null }), false)
})
