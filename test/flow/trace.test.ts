import { startCollector } from '@stageline/telemetry/testing'
import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { sample, submit, submitFile, untilState, upload, type Line } from './line.ts'

const STAGES = ['classification', 'extraction', 'enrichment', 'scoring']
const CANARIES = ['Quetzalworks', 'Zinnoberlampe', '8675.43', 'brimborium', 'zirbelkiefer']

type LogLine = { msg: string; service: string } & Record<string, unknown>

describe('what is seen from outside', () => {
  let line: Line
  let collector: Awaited<ReturnType<typeof startCollector>>
  before(async () => {
    collector = await startCollector()
    line = await startLine({
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, LOG_LEVEL: 'debug', STAGELINE_VERSION: '1.4.0' },
    })
  })
  after(async () => {
    await line?.[Symbol.asyncDispose]()
    collector?.[Symbol.dispose]()
  })

  const logged = async (): Promise<LogLine[]> =>
    (await readFile(line.log, 'utf8'))
      .split('\n')
      .filter((text) => text.startsWith('{'))
      .map((text) => JSON.parse(text) as LogLine)

  it('one document is one trace across the gateway and four workers', async () => {
    const answer = await upload(line, { name: 'lamp.html', bytes: await sample('product-lamp.html') })
    const { id } = (await answer.json()) as { id: string }
    const [, traceId, requestSpan] = answer.headers.get('traceparent')?.split('-') ?? []
    await untilState(line, id, ['completed', 'suspended'])

    const own = () => collector.spans.filter((span) => span.traceId === traceId)
    await waitFor(() => own().length >= 5, { timeoutMs: 10_000, message: 'the spans of the document to arrive' })

    const request = own().find(({ service }) => service === 'gateway')
    assert.deepEqual(
      [request?.name, request?.spanId, request?.parentSpanId],
      ['POST /v1/documents', requestSpan, ''],
      'the request begins the trace',
    )
    const steps = own().filter(({ service }) => service !== 'gateway')
    assert.deepEqual(
      steps.map(({ service, name, parentSpanId }) => [service, name, parentSpanId]).toSorted(byFirst),
      STAGES.map((stage) => [stage, `process ${stage}`, requestSpan]).toSorted(byFirst),
    )
    const elsewhere = collector.spans.filter(({ attributes }) => attributes['pipeline.job.id'] === id)
    assert.deepEqual(
      new Set(elsewhere.map((span) => span.traceId)),
      new Set([traceId]),
      'no step of the job is in another trace',
    )
  })

  it('a caller who traces already finds our spans in its own trace', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const answer = await line.call('/v1/jobs', {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent },
      body: JSON.stringify({ workflow: 'part', input: { record: { mpn: 'LM358N' } }, priority: 0.6 }),
    })
    assert.equal(answer.status, 202)

    const own = () => collector.spans.filter(({ traceId }) => traceId === '0af7651916cd43dd8448eb211c80319c')
    await waitFor(() => own().length >= 5, { timeoutMs: 10_000, message: 'the spans of the record to arrive' })

    assert.equal(own().find(({ service }) => service === 'gateway')?.parentSpanId, 'b7ad6b7169203331')
  })

  it('events and history of a job say which trace it is in, and what its sender calls the whole of it', async () => {
    const headers = { 'content-type': 'application/json', 'x-correlation-id': 'order-17' }
    const body = JSON.stringify({ workflow: 'part', input: { record: { mpn: 'NE555P' } }, priority: 0.6 })
    const answer = await line.call('/v1/jobs', { method: 'POST', headers, body })
    const { id } = (await answer.json()) as { id: string }
    const traceparent = answer.headers.get('traceparent')
    await untilState(line, id, ['completed', 'suspended'])

    type Named = { jobId: string; traceparent: string; correlationId: string }
    const mine = async () =>
      (await (await line.call('/v1/events:export')).text())
        .split('\n')
        .filter((text) => text.includes(id))
        .map((text) => JSON.parse(text) as Named)
    await waitFor(async () => (await mine()).length > 4, { timeoutMs: 30_000, message: 'the events of the job' })
    const history = await line.json<{ traceparent: string; items: { data: unknown }[] }>(`/v1/jobs/${id}/history`)

    for (const event of await mine())
      assert.deepEqual([event.traceparent, event.correlationId], [traceparent, 'order-17'])
    assert.deepEqual([history.traceparent, history.items[0]?.data], [traceparent, { correlationId: 'order-17' }])
  })

  it('lines of every service name job, stage and trace', async () => {
    const answer = await upload(line, { name: 'kettle.html', bytes: await sample('product-kettle.html') })
    const { id } = (await answer.json()) as { id: string }
    const traceId = answer.headers.get('traceparent')?.split('-')[1]
    await untilState(line, id, ['completed', 'suspended'])

    const done = () =>
      logged().then((lines) => lines.filter(({ msg, jobId }) => msg === 'step completed' && jobId === id))
    await waitFor(async () => (await done()).length === 4, { message: 'a line for each step' })

    assert.deepEqual(
      (await done()).map((one) => [one.service, String(one['stage']), one['traceId']]).toSorted(byFirst),
      STAGES.map((stage) => [stage, stage, traceId]).toSorted(byFirst),
    )
    const request = (await logged()).find((one) => one.msg === 'request answered' && one['traceId'] === traceId)
    assert.deepEqual([request?.service, request?.['route']], ['gateway', '/v1/documents'])
  })

  it('nothing of what a document says is in any line or span', async () => {
    const page = (await sample('product-lamp.html'))
      .toString()
      .replaceAll('Demolux', CANARIES[0]!)
      .replaceAll('Desk Lamp', CANARIES[1]!)
      .replaceAll('54.00', CANARIES[2]!)
    const named = `${CANARIES[3]}.html`
    const answer = await upload(line, { name: named, bytes: new TextEncoder().encode(page) })
    const { id } = (await answer.json()) as { id: string }
    const record = { mpn: CANARIES[4], description: CANARIES[0] }
    const part = await submit(line, { workflow: 'part', input: { record }, priority: 0.6, businessKey: CANARIES[3] })
    const broken = await submitFile(line, 'truncated.jpg')
    await Promise.all([id, part, broken].map((one) => untilState(line, one, ['completed', 'suspended'])))
    const result = JSON.stringify(await line.json(`/v1/jobs/${id}/result`))
    assert.ok(result.includes(CANARIES[1]!), 'the canary was read, so it could have been logged')

    const written = await readFile(line.log, 'utf8')

    assert.ok(written.includes(id), 'the job is in the lines')
    const seen = written + JSON.stringify(collector.spans)
    assert.deepEqual(
      CANARIES.filter((word) => seen.toLowerCase().includes(word.toLowerCase())),
      [],
    )
    assert.equal(written.includes('the image ends before'), false, 'nor is the message of a failure that speaks of it')
  })

  it('each worker says which version it is of', async () => {
    const { items } = await line.json<{ items: { workers: { version: string }[] }[] }>('/v1/stages')
    const versions = items.flatMap(({ workers }) => workers.map(({ version }) => version))
    assert.deepEqual([versions.length >= STAGES.length, new Set(versions)], [true, new Set(['1.4.0'])])
  })

  it('metrics answer on every service', async () => {
    const listening = (await logged()).filter(({ msg }) => msg === 'health listening' || msg === 'gateway listening')
    assert.deepEqual(new Set(listening.map(({ service }) => service)), new Set(['gateway', 'orchestrator', ...STAGES]))
    for (const { service, port } of listening) {
      const answer = await fetch(`http://127.0.0.1:${Number(port)}/metrics`)
      const text = await answer.text()
      assert.equal(answer.status, 200, service)
      assert.match(text, new RegExp(`stageline_build_info\\{[^}]*service="${service}",version="1.4.0"`), service)
      if (STAGES.includes(service)) assert.match(text, new RegExp(`stageline_steps_total\\{[^}]*stage="${service}"`))
      if (service === 'gateway') assert.match(text, /stageline_http_requests_total\{[^}]*route="\/v1\/documents"/)
    }
  })
})

const byFirst = ([a]: readonly unknown[], [b]: readonly unknown[]): number => (String(a) < String(b) ? -1 : 1)
