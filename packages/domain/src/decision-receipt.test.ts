import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { changePolicy } from './change-policy.ts'
import { checkDecision } from './check-decision.ts'
import { receiptOf } from './decision-receipt.ts'
import { BUILT_IN_POLICIES, Decision, evaluatePolicy, type DecisionFactors } from './policy.ts'

const policy = BUILT_IN_POLICIES[0]!
const factors = { completeness: 0.6, reliability: 0.7, priority: 0.5, recentFailures: 0 }

test('a receipt is short, and stays what it is from release to release', () => {
  assert.equal(evaluatePolicy(policy, factors).receipt, 'dr1-q0fjb1m9hv730ygf')
})

test('neither the order of factors nor the words of the reason change a receipt', () => {
  const decision = evaluatePolicy(policy, factors)
  const turned = Object.fromEntries(Object.entries(factors).toReversed())

  assert.equal(receiptOf({ ...decision, reason: 'Because.', factors: turned }), decision.receipt)
})

const others: [about: string, change: (decision: Decision) => Partial<Decision>][] = [
  ['a factor', () => ({ factors: { ...factors, priority: 0.6 } })],
  ['the version', ({ version }) => ({ version: version + 1 })],
  ['the route', () => ({ route: 'person' })],
  ['the rule', () => ({ rule: 'other' })],
  ['who forced it', () => ({ forcedBy: 'ops' })],
]

for (const [about, change] of others) {
  test(`a decision in which ${about} was changed has another receipt, and does not hold`, () => {
    const decision = evaluatePolicy(policy, factors)
    const changed = { ...decision, ...change(decision) }

    assert.notEqual(receiptOf(changed), decision.receipt)
    assert.equal(checkDecision(changed, policy).holds, false)
  })
}

test('a decision does not hold against another version of its policy', () => {
  const next = changePolicy(policy, { thresholds: { minPriority: 0.9 } })

  assert.ok('policy' in next)
  assert.equal(checkDecision(evaluatePolicy(policy, factors), next.policy).holds, false)
})

test('a decision from before there were receipts is checked by what it says', () => {
  const { receipt: _receipt, ...old } = evaluatePolicy(policy, factors)

  assert.equal(checkDecision(old, policy).holds, true)
  assert.equal(checkDecision({ ...old, route: 'person' }, policy).holds, false)
})

const share = fc.double({ min: 0, max: 1, noNaN: true })
const anyFactors: fc.Arbitrary<DecisionFactors> = fc.record(
  {
    completeness: share,
    reliability: share,
    priority: share,
    confidence: share,
    recentFailures: fc.nat(5),
    failedChecks: fc.array(fc.string(), { maxLength: 3 }),
    fields: fc.dictionary(fc.constantFrom('total', 'date', '10', '9'), fc.record({ confidence: share })),
    fieldLimits: fc.constantFrom({}, { total: { minConfidence: 0.5 } }),
  },
  { requiredKeys: [] },
)

test('every decision holds after it was stored and read, forced or not', () => {
  const forced = fc.constantFrom(undefined, { route: 'person' as const, by: 'ops' })
  fc.assert(
    fc.property(fc.constantFrom(...BUILT_IN_POLICIES), anyFactors, forced, (by, given, chosen) => {
      const decision = evaluatePolicy(by, given, chosen)

      const { holds, again } = checkDecision(Decision.parse(JSON.parse(JSON.stringify(decision))), by)

      assert.equal(holds, true)
      assert.equal(again.receipt, decision.receipt)
    }),
  )
})
