import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EXAMPLE } from '../routes/example-ids.ts'
import { addJob } from '../testing/fake-world.ts'
import { serveExamples } from '../testing/serve-examples.ts'

test('an upload is an automation in stage NEW that can be followed', async () => {
  await using served = await serveExamples()
  const form = new FormData()
  form.append('file', new Blob(['%PDF-1.7']), 'document.pdf')

  const uploaded = await served.ask('/api/automations/upload', { method: 'POST', body: form })
  const read = await served.ask(`/api/automations/${String(uploaded.at('id'))}`)

  assert.equal(uploaded.status, 202, uploaded.text)
  assert.deepEqual([uploaded.at('stage'), read.at('stage'), read.at('id')], ['NEW', 'NEW', uploaded.at('id')])
})

const STAGES = [
  ['extraction', 'Data Extraction'],
  ['enrichment', 'Processing'],
  ['scoring', 'Processing'],
] as const
for (const [stage, shown] of STAGES) {
  test(`${stage} is shown as ${shown}`, async () => {
    await using served = await serveExamples()
    const { id } = addJob(served.world, { stage })

    assert.equal((await served.ask(`/api/automations/${id}`)).at('stage'), shown)
  })
}

test('the engine is stopped, started and restarted as a whole', async () => {
  await using served = await serveExamples()

  const stopped = await served.post('/api/workflow/stop')
  const status = await served.ask('/api/workflow/status')
  const started = await served.post('/api/workflow/start')
  const restarted = await served.post('/api/workflow/restart')

  const running = [stopped, status, started, restarted].map((answer) => answer.at('is_running'))
  assert.deepEqual(running, [false, false, true, true])
  assert.deepEqual([status.at('processors.0.stage'), status.at('processors.0.is_running')], ['Classification', false])
})

test('a stage is triggered by its own name; another is refused with those that there are', async () => {
  await using served = await serveExamples()

  const triggered = await served.post('/api/workflow/trigger-stage', { stage: 'Classification' })
  const both = await served.post('/api/workflow/trigger-stage', { stage: 'processing' })
  const unknown = await served.post('/api/workflow/trigger-stage', { stage: 'Nothing' })

  assert.deepEqual([triggered.status, triggered.at('items'), both.at('items')], [200, 3, 6])
  assert.deepEqual(
    [unknown.status, unknown.at('detail')],
    [400, 'Expected one of Classification, Data Extraction, Processing.'],
  )
})

test('queue lengths and the flow are told by stage', async () => {
  await using served = await serveExamples()

  const metrics = await served.ask('/api/workflow/metrics')
  const stages = await served.ask('/api/workflow/stages')

  assert.ok(Number(Object(metrics.at('queue_lengths'))['Classification']) >= 1)
  assert.equal(stages.at('flow'), 'NEW → Classification → Data Extraction → Processing → DONE')
})

test('an item is moved on by hand, and one that has ended is not', async () => {
  await using served = await serveExamples()
  const at = '/api/workflow/move-to-next-stage'

  const moved = await served.post(`${at}/${EXAMPLE.suspendedJob}`, { output: { fields: {} } })
  const ended = await served.post(`${at}/${EXAMPLE.finishedJob}`)

  assert.deepEqual([moved.status, moved.at('automation_id')], [200, EXAMPLE.suspendedJob], moved.text)
  assert.deepEqual([ended.status, ended.at('error_code')], [409, 'action.refused'])
})

test('health is told by its word, and as unhealthy with 503', async () => {
  await using served = await serveExamples()

  const well = await served.ask('/api/health')
  served.world.failing.push('postgres')
  const ill = await served.ask('/api/health')

  assert.deepEqual([well.status, well.at('status')], [200, 'healthy'])
  assert.deepEqual([ill.status, ill.at('status')], [503, 'unhealthy'])
})
