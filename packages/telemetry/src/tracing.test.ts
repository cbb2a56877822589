import assert from 'node:assert/strict'
import test from 'node:test'
import { observed, stepInfo } from './testing/observed.ts'
import { runAlone } from './testing/run-alone.ts'
import { startCollector } from './testing/start-collector.ts'
import { parseTraceparent } from './trace-context.ts'

const SERVE_ONE_REQUEST = new URL('./testing/serve-one-request.ts', import.meta.url)
const WORK_ONE_STEP = new URL('./testing/work-one-step.ts', import.meta.url)

test('a request and the step of its job, in two processes, are one trace at the collector', async () => {
  using collector = await startCollector()

  const kept = await runAlone(SERVE_ONE_REQUEST, collector.endpoint)
  await runAlone(WORK_ONE_STEP, collector.endpoint, kept)

  const request = collector.spans.find(({ service }) => service === 'gateway')
  const step = collector.spans.find(({ service }) => service === 'extraction')
  assert.ok(request && step && collector.spans.length === 2)
  assert.equal(kept, `00-${request.traceId}-${request.spanId}-01`)
  assert.equal(request.parentSpanId, '')
  assert.deepEqual(
    { traceId: step.traceId, parent: step.parentSpanId },
    { traceId: request.traceId, parent: request.spanId },
  )
})

test('spans say what was worked and how it ended, in the names of the conventions, and hold no content', async () => {
  using collector = await startCollector()

  const kept = await runAlone(SERVE_ONE_REQUEST, collector.endpoint)
  const passedOn = await runAlone(WORK_ONE_STEP, collector.endpoint, kept)

  const [request, step] = collector.spans
  assert.ok(request && step)
  assert.deepEqual({ name: request.name, kind: request.kind }, { name: 'POST /v1/jobs', kind: 2 })
  assert.deepEqual(request.attributes, {
    'http.request.method': 'POST',
    'http.response.status_code': 202,
    'http.route': '/v1/jobs',
    'url.path': '/v1/jobs',
  })
  assert.equal(passedOn, `00-${step.traceId}-${step.spanId}-01`)
  assert.deepEqual(
    { name: step.name, kind: step.kind, status: step.statusCode },
    { name: 'process extraction', kind: 5, status: 2 },
  )
  const { 'messaging.client.id': client, ...attributes } = step.attributes
  assert.match(String(client), /^extraction@test\/\d+$/)
  assert.deepEqual(attributes, {
    'messaging.system': 'bullmq',
    'messaging.destination.name': 'extraction',
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'pipeline.stage': 'extraction',
    'pipeline.workflow': 'document',
    'pipeline.step': 'extract',
    'pipeline.attempt': 2,
    'pipeline.job.id': 'job-1',
    'pipeline.outcome': 'failed',
    'error.type': 'extraction.unreadable_document',
  })
  assert.ok(!JSON.stringify(collector.spans).includes('CANARY'))
})

test('a job whose request was not sampled stays out of the collector', async () => {
  using collector = await startCollector()
  const { telemetry } = observed({ otlpEndpoint: collector.endpoint })
  const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00'

  await telemetry.observer.step(stepInfo({ trace }), () => Promise.resolve({ outcome: 'completed' }))
  await telemetry.observer.step(stepInfo(), () => Promise.resolve({ outcome: 'completed' }))
  await telemetry.shutdown()

  assert.equal(collector.spans.length, 1)
  assert.notEqual(collector.spans[0]?.traceId, parseTraceparent(trace)?.traceId)
})

test('of what comes without a trace, the share that is asked for is traced', async () => {
  using collector = await startCollector()
  const traceIds = async (traceShare: number) => {
    const { telemetry } = observed({ otlpEndpoint: collector.endpoint, traceShare })
    for (let n = 0; n < 400; n++)
      await telemetry.observer.step(stepInfo(), () => Promise.resolve({ outcome: 'completed' }))
    await telemetry.shutdown()
    return collector.spans.splice(0).length
  }

  const [none, some, all] = [await traceIds(0), await traceIds(0.25), await traceIds(1)]

  assert.equal(none, 0)
  assert.ok(some > 40 && some < 160, `${some} of 400`)
  assert.equal(all, 400)
})

test('a collector that does not answer holds a stopping process for 2 s at most', async () => {
  using collector = await startCollector({ deaf: true })
  const { telemetry } = observed({ otlpEndpoint: collector.endpoint })
  await telemetry.observer.step(stepInfo(), () => Promise.resolve({ outcome: 'completed' }))
  const began = performance.now()

  await telemetry.shutdown()

  assert.ok(performance.now() - began < 2_900)
})

test('spans that could not be sent are told of', async () => {
  const collector = await startCollector()
  collector[Symbol.dispose]()
  const { telemetry, lines } = observed({ otlpEndpoint: collector.endpoint })
  await telemetry.observer.step(stepInfo(), () => Promise.resolve({ outcome: 'completed' }))

  await telemetry.shutdown()

  const troubles = lines().filter(({ msg }) => msg === 'trouble')
  assert.deepEqual(
    troubles.map(({ code }) => code),
    ['telemetry.export_failed'],
  )
})
