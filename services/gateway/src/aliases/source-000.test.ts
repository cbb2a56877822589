import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EXAMPLE } from '../routes/example-ids.ts'
import { TENANT } from '../testing/fake-world.ts'
import { serveExamples } from '../testing/serve-examples.ts'

test('a batch is run with the document’s own request, and followed by its id', async () => {
  await using served = await serveExamples()

  const begun = await served.post('/workflow/run', { limit: 50, priority_threshold: 0.7, force_manual: false })
  const id = String(begun.at('batch_id'))
  const status = await served.ask(`/workflow/status/${id}`)
  const prefixed = await served.ask(`/workflow/status/batch_${id}`)
  const listed = await served.ask('/workflow/batches?limit=10')

  assert.equal(begun.status, 202, begun.text)
  const { request } = (await served.world.runs.runs.get(TENANT, id))!
  assert.deepEqual([request.limit, request.filter, request.force], [50, { minPriority: 0.7 }, null])
  assert.deepEqual([status.at('status'), status.at('batch_id'), prefixed.at('batch_id')], ['running', id, id])
  assert.ok(Number(listed.at('count')) >= 1)
})

test('people or automation can be forced, not both; a wrong limit is pointed to', async () => {
  await using served = await serveExamples()

  const forced = await served.post('/workflow/run', { limit: 20, force_manual: true })
  const both = await served.post('/workflow/run', { force_manual: true, force_automation: true })
  const wrong = await served.post('/workflow/run', { limit: 0 })

  assert.equal((await served.world.runs.runs.get(TENANT, String(forced.at('batch_id'))))?.request.force, 'person')
  assert.deepEqual([both.status, both.at('error_code')], [400, 'request.invalid'])
  assert.deepEqual([wrong.status, wrong.at('errors.0.pointer')], [400, '/limit'])
})

test('pending tasks are told by priority', async () => {
  await using served = await serveExamples()

  const pending = await served.ask('/workflow/pending?limit=20&priority=high')

  assert.equal(pending.status, 200, pending.text)
  assert.deepEqual([pending.at('tasks.0.task_id'), pending.at('tasks.0.priority')], [EXAMPLE.task, 'high'])
})

test('the configuration is read and changed under its own names', async () => {
  await using served = await serveExamples()

  const before = await served.ask('/workflow/config')
  const after = await served.ask('/workflow/config', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      automation_priority_threshold: 0.9,
      automation_retry_attempts: 5,
      manual_priority_threshold: 0.4,
      automation_failure_to_manual: false,
      max_automation_failures: 4,
      max_daily_tasks: 1000,
    }),
  })
  const same = await served.post('/workflow/config', after.body)
  const refused = await served.post('/workflow/config', { automation_max_concurrent: 5 })

  assert.deepEqual([before.at('automation_priority_threshold'), before.at('automation_failure_to_manual')], [0.8, true])
  assert.deepEqual(after.body, {
    automation_priority_threshold: 0.9,
    automation_max_concurrent: null,
    automation_retry_attempts: 5,
    manual_priority_threshold: 0.4,
    automation_failure_to_manual: false,
    max_automation_failures: 4,
    max_daily_tasks: 1000,
  })
  assert.deepEqual(same.body, after.body)
  assert.deepEqual([refused.status, refused.at('errors.0.pointer')], [400, '/automation_max_concurrent'])
})

test('health is told in its words', async () => {
  await using served = await serveExamples()
  assert.equal((await served.ask('/workflow/health')).at('status'), 'healthy')
  served.world.failing.push('postgres')
  const ill = await served.ask('/workflow/health')
  assert.deepEqual([ill.status, ill.at('status')], [503, 'unhealthy'])
})
