import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EXAMPLE } from '../routes/example-ids.ts'
import { serveExamples } from '../testing/serve-examples.ts'

const at = (id: string, what: string) => `/api/v1/workflow/${id}/${what}`

test('a workflow tells its state and its transitions under their own names', async () => {
  await using served = await serveExamples()

  const status = await served.ask(at(EXAMPLE.job, 'status'))
  const history = await served.ask(at(EXAMPLE.job, 'history'))

  const { workflow_id: id, current_state: state, retry_count: retries } = Object(status.body)
  assert.deepEqual([id, state, retries], [EXAMPLE.job, 'queued', 0])
  const { from_state: from, to_state: to, workflow_id: of, actor } = Object(history.at('transitions.0'))
  assert.deepEqual([from, to, of, actor], ['created', 'queued', EXAMPLE.job, 'tester'])
})

test('workflows are listed by state', async () => {
  await using served = await serveExamples()

  const listed = await served.ask('/api/v1/workflow?state=suspended&limit=20')
  const wrong = await served.ask('/api/v1/workflow?state=lost')

  assert.deepEqual([listed.at('count'), listed.at('workflows.0.workflow_id')], [1, EXAMPLE.suspendedJob])
  assert.deepEqual([wrong.status, wrong.at('error_code')], [400, 'request.invalid'])
})

test('it is suspended with a reason, retried and cancelled; what has ended is not cancelled again', async () => {
  await using served = await serveExamples()

  const silent = await served.post(at(EXAMPLE.job, 'suspend'))
  const suspended = await served.post(at(EXAMPLE.job, 'suspend'), { reason: 'Suspicious content detected' })
  const retried = await served.post(at(EXAMPLE.job, 'retry'))
  const cancelled = await served.post(at(EXAMPLE.job, 'cancel'))
  const again = await served.post(at(EXAMPLE.job, 'cancel'))

  const states = [suspended, retried, cancelled].map((answer) => answer.at('current_state'))
  assert.deepEqual(states, ['suspended', 'queued', 'cancelled'])
  assert.deepEqual([silent.status, again.status, again.at('error_code')], [400, 409, 'action.refused'])
})

test('metrics have the members of the document, in seconds and percent', async () => {
  await using served = await serveExamples()

  const metrics = Object((await served.ask('/api/v1/workflow/metrics?time_range=24h')).body)

  assert.deepEqual(metrics.stage_durations.extraction, { count: 3, avg: 12.9, p50: 12.9, p95: 25.8, p99: 38.7 })
  assert.deepEqual(metrics.error_breakdown, { 'model.rate_limited': 5 })
  assert.deepEqual(metrics.retry_counts, { [EXAMPLE.job]: 2 })
  assert.deepEqual([metrics.avg_processing_time, metrics.error_rate], [47.3, 0.5])
  assert.equal(metrics.state_distribution.suspended, 1)
  assert.ok('active_workflows' in metrics && 'throughput' in metrics && 'state_durations' in metrics)
})
