import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serve } from '../../testing/serve.ts'

const json = (method: string, body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method,
  headers: { 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

test('of two who change the version that both have read the second is told', async () => {
  await using served = await serve()
  const { headers } = await served.ask('/v1/policies/confidence-v1')
  const etag = headers.get('etag')!
  const change = (minConfidence: number) =>
    served.ask('/v1/policies/confidence-v1', json('PATCH', { thresholds: { minConfidence } }, { 'If-Match': etag }))

  const [first, second] = [await change(0.7), await change(0.8)]

  assert.deepEqual([first.status, first.at('version'), first.at('thresholds.minConfidence')], [200, 2, 0.7])
  assert.deepEqual([second.status, second.at('code')], [412, 'policy.changed'])
  const old = await served.ask('/v1/policies/confidence-v1?version=1')
  assert.deepEqual([old.at('thresholds.minConfidence'), old.at('versions')], [0.6, [1, 2]])
})

test('a daily limit is shown once it is set', async () => {
  await using served = await serve()

  const changed = await served.ask('/v1/policies/completeness-v2', json('PATCH', { maxDailyTasks: 1_000 }))

  assert.deepEqual([changed.status, changed.at('maxDailyTasks'), changed.at('version')], [200, 1_000, 2])
})

test('evaluating tells route, rule, factors, policy and version, and stores nothing', async () => {
  await using served = await serve()
  const factors = { completeness: 0.5, reliability: 0.5, priority: 0.4999 }
  const before = structuredClone({ jobs: [...served.world.jobs], policies: [...served.world.policies] })

  const answer = await served.ask('/v1/decisions:evaluate', json('POST', { policy: 'completeness-v2', factors }))

  assert.deepEqual(
    ['route', 'rule', 'policy', 'version', 'factors'].map((name) => answer.at(name)),
    ['person', 'completeness_medium_priority_low', 'completeness-v2', 1, factors],
  )
  assert.deepEqual({ jobs: [...served.world.jobs], policies: [...served.world.policies] }, before)
})

test('evaluating with other thresholds decides by those, and a forced route says who forced it', async () => {
  await using served = await serve()
  const asked = { policy: 'priority-threshold-v1', factors: { priority: 0.4 } }
  const change = { thresholds: { minPriority: 0.3 } }

  const changed = await served.ask('/v1/decisions:evaluate', json('POST', { ...asked, change }))
  const forced = await served.ask('/v1/decisions:evaluate', json('POST', { ...asked, force: 'automation' }))

  assert.deepEqual([changed.at('route'), changed.at('version')], ['automation', 2])
  assert.deepEqual([forced.at('route'), forced.at('rule')], ['automation', 'forced'])
  assert.equal(typeof forced.at('forcedBy'), 'string')
})
