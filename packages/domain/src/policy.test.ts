import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { completenessOf, FIELD_LISTS } from './completeness.ts'
import { DOCUMENT_KINDS } from './document.ts'
import type { ErrorTarget } from './error-target.ts'
import { BUILT_IN_POLICIES, Decision, DecisionFactors, evaluatePolicy, Policy } from './policy.ts'
import type { Route } from './policy.ts'

type Row = [factors: DecisionFactors, route: Route, rule: string]

const policyNamed = (name: string): Policy => {
  const found = BUILT_IN_POLICIES.find((policy) => policy.name === name)
  assert.ok(found, `${name} is built in`)
  return found
}

const intake = (completeness: number, reliability = 1, priority = 1, recentFailures = 0): DecisionFactors => ({
  completeness,
  reliability,
  priority,
  recentFailures,
})

const outcome = (completeness: number, confidence: number, ...failedChecks: string[]): DecisionFactors => ({
  completeness,
  confidence,
  blockingFailures: failedChecks.length,
  failedChecks,
})

const tables: Record<string, Row[]> = {
  'completeness-v2': [
    [intake(1), 'person', 'completeness_high'],
    [intake(0.8), 'person', 'completeness_high'],
    [intake(0.8, 0, 0, 99), 'person', 'completeness_high'],
    [intake(0.7999), 'automation', 'completeness_medium'],
    [intake(0.5), 'automation', 'completeness_medium'],
    [intake(0.5, 0.5, 0.5), 'automation', 'completeness_medium'],
    [intake(0.5, 0.4999, 0.5), 'person', 'completeness_medium_source_unreliable'],
    [intake(0.5, 0.5, 0.4999), 'person', 'completeness_medium_priority_low'],
    [intake(0.7999, 0.4999), 'person', 'completeness_medium_source_unreliable'],
    [intake(0.4999), 'automation', 'completeness_low'],
    [intake(0.4999, 0, 0.2), 'automation', 'completeness_low'],
    [intake(0.4999, 1, 0.1999), 'person', 'completeness_low_priority_very_low'],
    [intake(0, 0, 1), 'automation', 'completeness_low'],
    [intake(0, 1, 0), 'person', 'completeness_low_priority_very_low'],
    [intake(0.3, 1, 1, 2), 'automation', 'completeness_low'],
    [intake(0.3, 1, 1, 3), 'person', 'recent_failures'],
    [intake(0.6, 1, 1, 3), 'person', 'recent_failures'],
    [{ completeness: 0.6, priority: 1 }, 'person', 'completeness_medium_source_unreliable'],
    [{ completeness: 0.3, priority: 0.2 }, 'automation', 'completeness_low'],
    [{}, 'person', 'completeness_low_priority_very_low'],
  ],
  'priority-threshold-v1': [
    [{ priority: 1 }, 'automation', 'priority_high'],
    [{ priority: 0.8 }, 'automation', 'priority_high'],
    [{ priority: 0.7999 }, 'person', 'priority_low'],
    [{ priority: 0 }, 'person', 'priority_low'],
    [{}, 'person', 'priority_low'],
  ],
  'confidence-v1': [
    [outcome(1, 1), 'automation', 'complete_and_confident'],
    [outcome(0.4, 0.6), 'automation', 'complete_and_confident'],
    [outcome(0.3999, 1), 'person', 'incomplete'],
    [outcome(1, 0.5999), 'person', 'doubtful'],
    [outcome(1, 1, 'net_plus_tax_is_total'), 'person', 'blocking_check_failed'],
    [outcome(0, 0, 'net_plus_tax_is_total'), 'person', 'blocking_check_failed'],
    [{ completeness: 1 }, 'person', 'doubtful'],
    [{ confidence: 1 }, 'person', 'incomplete'],
  ],
}

for (const [name, rows] of Object.entries(tables)) {
  for (const [factors, route, rule] of rows) {
    test(`${name} sends ${JSON.stringify(factors)} to ${route} by ${rule}`, () => {
      const decision = evaluatePolicy(policyNamed(name), factors)

      assert.deepEqual([decision.route, decision.rule], [route, rule])
      assert.deepEqual(decision.factors, factors)
    })
  }
}

test('a changed threshold changes the decision and the version says so', () => {
  const changed = Policy.parse({
    ...policyNamed('priority-threshold-v1'),
    version: 2,
    thresholds: { minPriority: 0.3 },
  })

  const decision = evaluatePolicy(changed, { priority: 0.4 })

  assert.deepEqual([decision.route, decision.version], ['automation', 2])
})

test('a forced route wins, names who forced it and keeps what the policy would have done', () => {
  const decision = evaluatePolicy(policyNamed('completeness-v2'), intake(0.9), { route: 'automation', by: 'key:ops' })

  assert.equal(decision.route, 'automation')
  assert.equal(decision.rule, 'forced')
  assert.equal(decision.forcedBy, 'key:ops')
  assert.match(decision.reason, /The policy alone: person, because Completeness 0\.9 is at least 0\.8/)
})

test('the reason of a blocked outcome names the checks that failed', () => {
  const decision = evaluatePolicy(policyNamed('confidence-v1'), outcome(1, 1, 'date_plausible', 'currency_known'))

  assert.equal(decision.reason, '2 blocking checks failed (failed checks: date_plausible, currency_known).')
})

for (const kind of DOCUMENT_KINDS) {
  test(`a sure ${kind} with its required fields is complete enough`, () => {
    const list = FIELD_LISTS[kind]
    const record = Object.fromEntries(list.required.map((name) => [name, 'x']))

    const decision = evaluatePolicy(policyNamed('confidence-v1'), outcome(completenessOf(record, list), 1))

    assert.equal(decision.rule, 'complete_and_confident')
  })
}

const target = (about: Partial<ErrorTarget>): ErrorTarget => ({
  targetErrorRate: 0.01,
  verified: 500,
  needed: 299,
  ...about,
})

const targets: [about: string, factors: DecisionFactors, rule: string][] = [
  ['a limit from verified outcomes that is higher', { errorTarget: target({ minConfidence: 0.9 }) }, 'doubtful'],
  ['one that is lower', { confidence: 0.3, errorTarget: target({ minConfidence: 0.3 }) }, 'complete_and_confident'],
  ['too few verified', { errorTarget: target({}) }, 'complete_and_confident'],
  ['no limit that keeps the target', { confidence: 1, errorTarget: target({ minConfidence: null }) }, 'doubtful'],
  ['being drawn', { isSample: true }, 'quality_sample'],
  ['being drawn, but doubtful anyway', { confidence: 0.1, isSample: true }, 'doubtful'],
]

for (const [about, factors, rule] of targets) {
  test(`confidence 0.8 with ${about}: ${rule}`, () => {
    const decision = evaluatePolicy(policyNamed('confidence-v1'), { ...outcome(1, 0.8), ...factors })

    assert.equal(decision.rule, rule, decision.reason)
  })
}

test('a decision by verified outcomes says how many they are, and how many were wrong', () => {
  const above = { verified: 412, wrong: 1, interval: [0.0001, 0.0091] as [number, number] }
  const errorTarget = target({ minConfidence: 0.93, above })

  const { reason } = evaluatePolicy(policyNamed('confidence-v1'), { ...outcome(1, 0.9), errorTarget })

  assert.equal(reason, 'Confidence 0.9 is below 0.93 to keep at most 1 % wrong: 1 wrong of 412 verified from 0.93 on.')
})

const limited = { fields: { total: { confidence: 0.7 } }, fieldLimits: { total: { minConfidence: 0.9 } } }
const ofFields: [about: string, factors: DecisionFactors, rule: string][] = [
  ['a field below its limit', limited, 'doubtful_field'],
  ['a field at its limit', { ...limited, fields: { total: { confidence: 0.9 } } }, 'complete_and_confident'],
  ['a field without a limit', { fields: limited.fields }, 'complete_and_confident'],
  ['a field below its limit, and drawn', { ...limited, isSample: true }, 'doubtful_field'],
  ['a field below its limit, and doubtful as a whole', { ...limited, confidence: 0.1 }, 'doubtful'],
]

for (const [about, factors, rule] of ofFields) {
  test(`confidence 0.8 with ${about}: ${rule}`, () => {
    const decision = evaluatePolicy(policyNamed('confidence-v1'), { ...outcome(1, 0.8), ...factors })

    assert.equal(decision.rule, rule, decision.reason)
    const isDoubted = decision.route === 'person'
    assert.deepEqual(
      decision.doubtfulFields,
      isDoubted ? [{ name: 'total', confidence: 0.7, minConfidence: 0.9 }] : undefined,
    )
  })
}

test('what a score says beyond the factors does not enter the decision', () => {
  const factors = DecisionFactors.parse({ completeness: 1, confidence: 1, kind: 'invoice', score: 0.1 })

  assert.deepEqual(factors, { completeness: 1, confidence: 1 })
})

test('a policy with a threshold beyond 1 or an unknown threshold is refused', () => {
  const policy = policyNamed('priority-threshold-v1')

  assert.equal(Policy.safeParse({ ...policy, thresholds: { minPriority: 1.1 } }).success, false)
  assert.equal(Policy.safeParse({ ...policy, thresholds: { minPriority: 1, minLuck: 1 } }).success, false)
})

const share = fc.double({ min: 0, max: 1, noNaN: true })
const anyFactors: fc.Arbitrary<DecisionFactors> = fc.record(
  {
    completeness: share,
    reliability: share,
    priority: share,
    recentFailures: fc.nat(10),
    confidence: share,
    blockingFailures: fc.nat(3),
    failedChecks: fc.array(fc.string(), { maxLength: 3 }),
  },
  { requiredKeys: [], noNullPrototype: true },
)

test('equal input gives an equal, well-formed decision', () => {
  fc.assert(
    fc.property(fc.constantFrom(...BUILT_IN_POLICIES), anyFactors, (policy, factors) => {
      const decision = evaluatePolicy(policy, factors)

      assert.deepEqual(decision, evaluatePolicy(structuredClone(policy), structuredClone(factors)))
      assert.deepEqual(decision, Decision.parse(decision))
    }),
  )
})

test('a failed blocking check always goes to a person after scoring', () => {
  fc.assert(
    fc.property(anyFactors, fc.integer({ min: 1, max: 9 }), (factors, blockingFailures) => {
      const decision = evaluatePolicy(policyNamed('confidence-v1'), { ...factors, blockingFailures })

      assert.equal(decision.route, 'person')
    }),
  )
})
