import { toFailure } from '@stageline/domain'
import assert from 'node:assert/strict'
import test from 'node:test'
import { METRICS } from './names.ts'
import { observed, stepInfo } from './testing/observed.ts'

const SAMPLE = /^[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-z_]+="(\\.|[^"\\])*",?)*\})? (NaN|[+-]Inf|-?\d+(\.\d+)?(e[+-]?\d+)?)$/

test('everything that happens is answered as Prometheus text, under names and labels of the catalogue only', async () => {
  const { telemetry, metrics } = observed()
  await everythingHappens(telemetry)

  const { type, text } = await metrics()

  assert.equal(type, 'text/plain; version=0.0.4; charset=utf-8')
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  for (const line of samples) assert.match(line, SAMPLE)
  const http = ['stageline_http_requests_total', 'stageline_http_request_duration_seconds']
  const expected = Object.keys(METRICS).filter((name) => !http.includes(name))
  assert.deepEqual([...new Set(samples.map(metricOf))].toSorted(), expected.toSorted())
  for (const line of samples) assert.deepEqual(strayLabels(line), [])
})

test('where metrics are off nothing is counted and nobody can ask', async () => {
  const { telemetry, lines } = observed({ hasMetrics: false })
  let isRead = false
  telemetry.observeGauge('stageline_redis_refuses', () => {
    isRead = true
    return []
  })

  await everythingHappens(telemetry)

  assert.equal(telemetry.metricsHandler, undefined)
  assert.equal(isRead, false)
  assert.ok(lines().length > 0, 'lines are written all the same')
})

test('steps are counted by stage and outcome, and their wait and duration fall into stated buckets', async () => {
  const { telemetry, metrics } = observed()
  await telemetry.observer.step(stepInfo({ waitedMs: 20_000 }), () => Promise.resolve({ outcome: 'completed' }))

  const { text } = await metrics()
  assert.match(text, /^stageline_steps_total\{stage="extraction",outcome="completed"\} 1$/m)
  assert.match(text, /^stageline_step_wait_seconds_bucket\{le="10",stage="extraction"\} 0$/m)
  assert.match(text, /^stageline_step_wait_seconds_bucket\{le="30",stage="extraction"\} 1$/m)
  assert.match(text, /^stageline_step_duration_seconds_bucket\{le="60",stage="extraction"\} 1$/m)
})

test('a wait that two clocks make negative counts as none', async () => {
  const { telemetry, metrics } = observed()
  await telemetry.observer.step(stepInfo({ waitedMs: -60_000 }), () => Promise.resolve({ outcome: 'completed' }))

  assert.match((await metrics()).text, /^stageline_step_wait_seconds_sum\{stage="extraction"\} 0$/m)
})

test('a gauge is read when somebody asks, and one that cannot be read leaves the others standing', async () => {
  const { telemetry, metrics, lines } = observed()
  let depth = 1
  telemetry.observeGauge('stageline_redis_refuses', () => [{ value: depth, labels: { stage: 'scoring' } }])
  telemetry.observeGauge('stageline_oldest_unsent_seconds', () => Promise.reject(new Error('no connection')))

  depth = 7
  const { text } = await metrics()

  assert.match(text, /^stageline_redis_refuses\{stage="scoring"\} 7$/m)
  assert.doesNotMatch(text, /^stageline_oldest_unsent_seconds/m)
  assert.deepEqual(
    lines().map(({ code }) => code),
    ['telemetry.gauge_failed'],
  )
})

async function everythingHappens({ observer, observeGauge }: ReturnType<typeof observed>['telemetry']): Promise<void> {
  observeGauge('stageline_redis_refuses', () => [{ value: 1, labels: { stage: 'scoring', reason: 'OOM' } }])
  observeGauge('stageline_oldest_unsent_seconds', () => [{ value: 7 }])
  observeGauge('stageline_jobs', () => [{ value: 9, labels: { state: 'processing' } }])
  observeGauge('active_tasks_total', () => [{ value: 2, labels: { state: 'new' } }])
  observeGauge('tasks_active', () => [{ value: 2, labels: { state: 'new' } }])
  const failure = toFailure(new Error('x'))
  const info = stepInfo({ waitedMs: 10 })
  await observer.step(info, () => Promise.resolve({ outcome: 'completed' }))
  await observer.step(info, () => Promise.resolve({ outcome: 'failed', failure }))
  observer.stage({ event: 'limited', stage: 'scoring', failure, ms: 3_000 })
  observer.trouble('redis.error', new Error('x'))
  observer.count('messages_sent', 3)
  observer.count('messages_resent', 2)
  observer.count('messages_unsent', 1)
  observer.count('malformed_messages', 1, { stage: 'scoring' })
  observer.count('duplicate_executions', 1, { stage: 'scoring' })
  observer.count('jobs_accepted', 3)
  observer.count('records_written', 4)
  observer.count('trigger_evaluations', 1, { trigger: 'intake-completed', outcome: 'matched' })
  observer.count('events_processed', 1, { event: 'task.settled', outcome: 'done' })
  observer.count('transitions', 1, { entity: 'task', outcome: 'rejected' })
  observer.count('sla_breached', 1)
}

const metricOf = (sample: string): string => sample.split(/[{ ]/)[0]!.replace(/_(bucket|sum|count)$/, '')

function strayLabels(sample: string): string[] {
  const metric = Object.entries(METRICS).find(([known]) => metricOf(sample) === known)
  const labels: readonly string[] = metric ? [...metric[1].labels, 'le'] : []
  return [...sample.matchAll(/([a-z_]+)="/g)].map(([, label]) => label!).filter((label) => !labels.includes(label))
}
