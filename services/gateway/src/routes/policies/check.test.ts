import { BUILT_IN_POLICIES, evaluatePolicy } from '@stageline/domain'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addJob } from '../../testing/fake-world.ts'
import { serve } from '../../testing/serve.ts'

const decision = evaluatePolicy(BUILT_IN_POLICIES[0]!, { completeness: 0.9 })
const at = '2026-11-20T12:00:00.000Z'

test('a recorded decision holds; one that was changed, or whose version is gone, does not', async () => {
  await using served = await serve()
  const decisions = [decision, { ...decision, factors: { completeness: 0.1 } }, { ...decision, version: 7 }].map(
    (one) => ({ step: null, decision: one, at }),
  )
  const { id } = addJob(served.world, { decisions })

  const answer = await served.post('/v1/decisions:check', { jobId: id })

  const items = answer.at('items') as { holds: boolean; receipt: string; again: unknown }[]
  assert.deepEqual(
    items.map(({ holds, receipt }) => [holds, receipt]),
    [true, false, false].map((holds) => [holds, decision.receipt]),
  )
  const { route, rule, receipt } = decision
  assert.deepEqual([items[0]!.again, items[2]!.again], [{ route, rule, receipt }, null])
})

test('a receipt names its decision', async () => {
  await using served = await serve()
  const other = evaluatePolicy(BUILT_IN_POLICIES[0]!, { completeness: 0.8 })
  const { id } = addJob(served.world, {
    decisions: [decision, other].map((one) => ({ step: null, decision: one, at })),
  })

  const answer = await served.post('/v1/decisions:check', { jobId: id, receipt: other.receipt })

  assert.deepEqual([answer.at('items.0.receipt'), answer.at('items.1')], [other.receipt, undefined])
})
