import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { changePolicy } from './change-policy.ts'
import { BUILT_IN_POLICIES, evaluatePolicy, type DecisionFactors, type Policy } from './policy.ts'
import { PolicyRehearsal, type PastDecision } from './rehearse-policy.ts'

const policy = BUILT_IN_POLICIES.find(({ name }) => name === 'priority-threshold-v1')!

const withMinimum = (minPriority: number): Policy => {
  const changed = changePolicy(policy, { thresholds: { minPriority } })
  assert.ok('policy' in changed)
  return changed.policy
}

const decided = (priority: number, about: Partial<PastDecision> = {}, by: Policy = policy): PastDecision => ({
  jobId: `job-${priority}`,
  step: null,
  at: '2026-11-21T12:00:00.000Z',
  decision: evaluatePolicy(by, { priority }),
  wasWrong: false,
  ...about,
})

function rehearse(changed: Policy, past: readonly PastDecision[], options: Partial<{ prices: object }> = {}) {
  const rehearsal = new PolicyRehearsal(changed, { samples: 2, ...options } as never)
  for (const one of past) rehearsal.add(one)
  return rehearsal.report()
}

test('a higher limit sends more to people: how many, by which rule, and which', () => {
  const report = rehearse(withMinimum(0.9), [decided(0.95), decided(0.85), decided(0.8), decided(0.82), decided(0.1)])

  assert.deepEqual(
    [report.decisions, report.toPeople, report.toAutomation, report.moved],
    [5, { recorded: 1, rehearsed: 4 }, { recorded: 4, rehearsed: 1 }, { toPeople: 3, toAutomation: 0 }],
  )
  assert.deepEqual(report.rules, {
    priority_high: { recorded: 4, rehearsed: 1 },
    priority_low: { recorded: 1, rehearsed: 4 },
  })
  assert.deepEqual(
    report.changed.map(({ jobId, recorded, rehearsed }) => [jobId, recorded.route, rehearsed.route]),
    [
      ['job-0.85', 'automation', 'person'],
      ['job-0.8', 'automation', 'person'],
    ],
  )
})

test('errors that went to automation are caught by a person, those of people are missed by automation', () => {
  const wrong = { wasWrong: true }
  const past = [decided(0.95, wrong), decided(0.85, wrong), decided(0.85), decided(0.1, wrong)]

  const stricter = rehearse(withMinimum(0.9), past).errors
  const looser = rehearse(withMinimum(0.05), past).errors

  assert.deepEqual(stricter, { known: 3, caught: 1, missed: 0, withPeople: { recorded: 1, rehearsed: 2 } })
  assert.deepEqual(looser, { known: 3, caught: 0, missed: 1, withPeople: { recorded: 1, rehearsed: 0 } })
})

test('the cost is that of each way, before and after', () => {
  const prices = { person: 4, automation: 0.1 }

  const { cost } = rehearse(withMinimum(0.9), [decided(0.95), decided(0.85), decided(0.1)], { prices })

  assert.deepEqual(cost, { recorded: 4.2, rehearsed: 8.1, difference: 3.9, percent: 92.86 })
})

test('a route that somebody chose stays', () => {
  const decision = evaluatePolicy(policy, { priority: 0.95 }, { route: 'person', by: 'ops' })

  const { moved, toPeople } = rehearse(withMinimum(0.1), [decided(0.95, { decision })])

  assert.deepEqual(
    [moved, toPeople],
    [
      { toPeople: 0, toAutomation: 0 },
      { recorded: 1, rehearsed: 1 },
    ],
  )
})

const factors: fc.Arbitrary<DecisionFactors> = fc.record({
  completeness: fc.double({ min: 0, max: 1, noNaN: true }),
  reliability: fc.double({ min: 0, max: 1, noNaN: true }),
  priority: fc.double({ min: 0, max: 1, noNaN: true }),
  recentFailures: fc.nat(5),
  confidence: fc.double({ min: 0, max: 1, noNaN: true }),
})

test('a rehearsal says exactly what the other policy then decides about the same factors', () => {
  const any = fc.constantFrom(...BUILT_IN_POLICIES)
  fc.assert(
    fc.property(any, any, fc.array(factors, { maxLength: 50 }), (before, after, items) => {
      const past = items.map((one) => decided(0, { decision: evaluatePolicy(before, one) }))

      const report = rehearse(after, past)

      const then = items.map((one) => evaluatePolicy(after, one))
      assert.equal(report.toPeople.rehearsed, then.filter(({ route }) => route === 'person').length)
      for (const [rule, { rehearsed }] of Object.entries(report.rules))
        assert.equal(rehearsed, then.filter((one) => one.rule === rule).length)
      assert.equal(
        report.toPeople.rehearsed - report.toPeople.recorded,
        report.moved.toPeople - report.moved.toAutomation,
      )
      assert.deepEqual(rehearse(after, past), report)
    }),
  )
})
