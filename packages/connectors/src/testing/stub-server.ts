import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Seen = { method: string; path: string; headers: IncomingHttpHeaders; body: string }

export type StubServer = AsyncDisposable & {
  /** `http://127.0.0.1:<port>` */
  origin: string
  /** `127.0.0.1:<port>`, as an allow-list names it. */
  host: string
  /** Requests in the order of their coming. */
  seen: Seen[]
  /** How many connections were accepted. */
  connections: () => number
}

/** A real HTTP server on this machine that answers, or misbehaves, as the test says. */
export async function startStub(
  answer: (seen: Seen, response: ServerResponse, nth: number) => void,
): Promise<StubServer> {
  const seen: Seen[] = []
  let connections = 0
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const { method = '', url = '', headers } = request
      seen.push({ method, path: url, headers, body })
      answer(seen.at(-1)!, response, seen.length)
    })
  })
  server.on('connection', () => (connections += 1))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { origin: `http://${host}`, host, seen, connections: () => connections, [Symbol.asyncDispose]: close }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

export function sendJson(response: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
