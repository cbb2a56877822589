/** A process that serves one HTTP request with tracing on, prints the `traceparent` that a job would keep, and ends. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startTelemetry } from '../start-telemetry.ts'

const telemetry = startTelemetry({
  service: 'gateway',
  instanceId: `gateway@test/${process.pid}`,
  logLevel: 'silent',
  otlpEndpoint: process.argv[2]!,
})
const server = createServer((request, response) => {
  telemetry.requestTelemetry(Object.assign(request, { route: { path: '/v1/jobs' } }), response, () =>
    response.writeHead(202).end(telemetry.currentTraceparent()),
  )
})
await once(server.listen(0, '127.0.0.1'), 'listening')
const { port } = server.address() as AddressInfo
const answer = await fetch(`http://127.0.0.1:${port}/v1/jobs?name=secret`, { method: 'POST' })
process.stdout.write(await answer.text())
server.close()
server.closeAllConnections()
await once(server, 'close')
await telemetry.shutdown()
