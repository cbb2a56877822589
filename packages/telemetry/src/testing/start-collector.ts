import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { ReceivedSpan } from './read-spans.ts'
import { readSpans } from './read-spans.ts'

/** An OTLP/HTTP receiver that keeps what it gets; `deaf` takes requests and never answers. */
export async function startCollector({ deaf = false } = {}) {
  const spans: ReceivedSpan[] = []
  const server = createServer((request, response) => {
    if (deaf) return
    void buffer(request).then((body) => {
      if (request.url === '/v1/traces') spans.push(...readSpans(body))
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const stop = () => {
    server.close()
    server.closeAllConnections()
  }
  return { endpoint: `http://127.0.0.1:${port}`, spans, [Symbol.dispose]: stop }
}
