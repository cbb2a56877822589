import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addJob } from '../../testing/fake-world.ts'
import { serve } from '../../testing/serve.ts'

test('the figures of a time are told with their bounds', async () => {
  await using served = await serve()
  addJob(served.world, { state: 'processing' })

  const stats = await served.ask('/v1/stats?time_range=24h')

  assert.equal(stats.status, 200, stats.text)
  assert.deepEqual(
    [stats.at('activeWorkflows'), stats.at('errorRate'), stats.at('automationSuccessRate')],
    [1, 0.5, 0.99],
  )
  assert.deepEqual([stats.at('from'), stats.at('isShortened')], ['2026-11-19T12:00:00.000Z', false])
  assert.equal(stats.at('stageDurations.extraction.p95Ms'), 25_800)
  assert.deepEqual(stats.at('errorBreakdown'), [{ kind: 'rate_limited', code: 'model.rate_limited', count: 5 }])
  assert.equal(stats.at('throughputPerHour'), 142 / 24)
})

test('a time that is none, or too long, is refused', async () => {
  await using served = await serve()
  for (const range of ['24', '0h', '32d', '1w', '-1h']) {
    const answer = await served.ask(`/v1/stats?time_range=${range}`)
    assert.deepEqual([answer.status, answer.at('errors.0.pointer')], [400, '/query/time_range'], range)
  }
})

test('hours can be told by the day, and a day with its sums', async () => {
  await using served = await serve()

  const hourly = await served.ask('/v1/views/performance?bucket=hour')
  const daily = await served.ask('/v1/views/performance?bucket=day')
  const day = await served.ask('/v1/views/daily-stats?date=2026-11-20')

  assert.deepEqual([hourly.at('items.0.bucket'), hourly.at('items.0.count')], ['2026-11-20T11:00:00.000Z', 142])
  assert.equal(daily.at('items.0.bucket'), '2026-11-20T00:00:00.000Z')
  assert.deepEqual([day.at('completed'), day.at('cancelled'), day.at('items.0.avgMs')], [142, 0, 47_300])
})

test('the bottleneck is the stage with most work before it, and it is said why', async () => {
  await using served = await serve()
  for (const stage of ['scoring', 'scoring', 'extraction']) {
    const job = addJob(served.world).job
    job.steps = { [stage]: { ...job.steps['classification']! } }
  }

  const answer = await served.ask('/v1/views/bottlenecks')

  assert.deepEqual(answer.at('bottleneck'), {
    stage: 'extraction',
    why: '1 steps wait for 1 workers, and a step takes 12900 ms',
  })
})

test('the overview tells queues, states, durations and rates at one look', async () => {
  await using served = await serve()
  addJob(served.world)
  addJob(served.world, { state: 'processing' })
  addJob(served.world, { state: 'suspended' })

  const overview = await served.ask('/v1/views/overview')

  assert.deepEqual([overview.at('activeWorkflows'), overview.at('stateDistribution.suspended')], [1, 1])
  assert.deepEqual([overview.at('errorRate'), overview.at('automationSuccessRate')], [0.5, 0.99])
  assert.deepEqual([overview.at('throughputPerHour'), overview.at('processing.avgMs')], [142, 47_300])
  const stages = Object(overview.at('stages')) as { stage: string; queued: number; durations: { p95Ms: number } }[]
  assert.equal(stages.find(({ stage }) => stage === 'classification')?.queued, 3)
  assert.equal(stages.find(({ stage }) => stage === 'extraction')?.durations.p95Ms, 25_800)
})

test('days tell how much automation does alone, and figures of tasks their age and who did how many', async () => {
  await using served = await serve()

  const automation = await served.ask('/v1/views/automation?days=2')
  const desk = await served.ask('/v1/views/tasks?days=2')
  const refused = await served.ask('/v1/views/tasks?days=32')
  const overview = await served.ask('/v1/views/overview')

  assert.deepEqual([automation.at('items.0.automationRate'), automation.at('items.1.automationRate')], [0.75, null])
  assert.deepEqual([desk.at('ages.p90Ms'), desk.at('done.0.person'), desk.at('done.0.count')], [7_200_000, 'ann', 12])
  assert.deepEqual([refused.status, refused.at('errors.0.pointer')], [400, '/query/days'])
  assert.deepEqual(overview.at('routes'), { automation: 90, person: 40 })
})
