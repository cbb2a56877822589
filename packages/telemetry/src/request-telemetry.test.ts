import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import test from 'node:test'
import { observed } from './testing/observed.ts'

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

type Handle = (request: IncomingMessage, response: ServerResponse) => void

/** One request through the middleware; the handler says what it matched as express does, in `request.route`. */
async function ask(options: { method?: string; path: string; headers?: Record<string, string> }, handle: Handle) {
  const watched = observed()
  const server = createServer((request, response) =>
    watched.telemetry.requestTelemetry(request, response, () => handle(request, response)),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const asked = httpRequest({ ...options, host: '127.0.0.1', port: (server.address() as AddressInfo).port }).end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  answer.resume()
  await once(answer, 'end')
  server.close()
  await once(server, 'close')
  return { ...watched, answer }
}

const matched = (request: IncomingMessage, path: string, baseUrl = '') =>
  Object.assign(request, { route: { path }, baseUrl })

test('a request is counted by method, pattern and class of status, never by its path', async () => {
  const { metrics } = await ask({ path: '/v1/jobs/0199:cancel?x=1', method: 'POST' }, (request, response) => {
    matched(request, '/jobs/:id\\:cancel', '/v1')
    response.writeHead(409).end()
  })

  const { text } = await metrics()
  const labels = 'method="POST",route="/v1/jobs/:id:cancel",status="4xx"'
  assert.ok(text.includes(`stageline_http_requests_total{${labels}} 1\n`))
  assert.ok(text.includes(`stageline_http_request_duration_seconds_count{${labels}} 1\n`))
  assert.ok(!text.includes('0199'))
})

test('paths that match nothing and unusual methods share one label each', async () => {
  const { metrics } = await ask({ path: '/wp-login.php', method: 'PROPFIND' }, (_request, response) =>
    response.writeHead(404).end(),
  )

  assert.match((await metrics()).text, /requests_total\{method="_OTHER",route="unmatched",status="4xx"\} 1/)
})

test('the trace of the caller holds while its request is served, and is answered', async () => {
  const seen: unknown[] = []
  const { answer, lines } = await ask({ path: '/v1/jobs', headers: { traceparent: TRACE } }, (request, response) => {
    seen.push(matched(request, '/v1/jobs').headers.traceparent)
    response.end()
  })

  assert.deepEqual(seen, [TRACE])
  assert.equal(answer.headers.traceparent, TRACE)
  const [line] = lines()
  assert.equal(line?.traceId, '0af7651916cd43dd8448eb211c80319c')
  assert.deepEqual(
    { level: line.level, msg: line.msg, method: line.method, route: line.route, status: line.status },
    { level: 'debug', msg: 'request answered', method: 'GET', route: '/v1/jobs', status: 200 },
  )
})

test('a traceparent that is none is not answered', async () => {
  const { answer } = await ask({ path: '/', headers: { traceparent: '00-x' } }, (_request, response) => response.end())

  assert.equal(answer.headers.traceparent, undefined)
})
