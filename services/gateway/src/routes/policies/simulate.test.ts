import { BUILT_IN_POLICIES, evaluatePolicy, type PastDecision } from '@stageline/domain'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serve, type Served } from '../../testing/serve.ts'

const policy = BUILT_IN_POLICIES.find(({ name }) => name === 'priority-threshold-v1')!

/** Priorities 0.00, 0.01 … 0.99, over and over. */
const past = (count: number): PastDecision[] =>
  Array.from({ length: count }, (_, i) => ({
    jobId: `job-${i}`,
    step: null,
    at: '2026-11-20T12:00:00.000Z',
    decision: evaluatePolicy(policy, { priority: (i % 100) / 100 }),
    wasWrong: i % 10 === 9,
  }))

const simulate = (served: Served, body: object) =>
  served.post('/v1/policies:simulate', { policy: 'priority-threshold-v1', ...body })

test('a rehearsal tells what would be different and changes nothing', async () => {
  await using served = await serve()
  served.world.pastDecisions = past(2_500)
  const policies = structuredClone([...served.world.policies])

  const body = { change: { thresholds: { minPriority: 0.9 } }, prices: { person: 1, automation: 0 }, samples: 3 }
  const answer = await simulate(served, body)

  assert.deepEqual(
    ['decisions', 'version', 'complete', 'moved.toPeople', 'moved.toAutomation', 'errors.caught', 'cost.percent'].map(
      (name) => answer.at(name),
    ),
    [2_500, 2, true, 250, 0, 25, 12.5],
  )
  assert.equal((answer.at('changed') as unknown[]).length, 3)
  assert.deepEqual([...served.world.policies], policies)
  assert.deepEqual((await simulate(served, { ...body, to: answer.at('to') })).body, answer.body)
})

test('only the newest are looked at where fewer are asked for', async () => {
  await using served = await serve()
  served.world.pastDecisions = past(2_500)

  const answer = await simulate(served, { last: 1_100 })

  assert.deepEqual([answer.at('decisions'), answer.at('moved.toPeople'), answer.at('complete')], [1_100, 0, true])
})

test('thresholds that the rule cannot work with are pointed to', async () => {
  await using served = await serve()

  const answer = await simulate(served, { change: { thresholds: { minPriority: 2 } } })

  assert.deepEqual(
    [answer.status, answer.at('code'), answer.at('errors.0.pointer')],
    [422, 'policy.invalid', '/change/thresholds/minPriority'],
  )
})
