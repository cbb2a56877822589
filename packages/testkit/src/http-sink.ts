import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An outside system that counts how often it was called with each `Idempotency-Key`. */
export async function startHttpSink({ onCall }: { onCall?: (key: string) => void } = {}): Promise<{
  url: string
  calls: ReadonlyMap<string, number>
  [Symbol.asyncDispose]: () => Promise<void>
}> {
  const calls = new Map<string, number>()
  const server = createServer((request, response) => {
    const key = String(request.headers['idempotency-key'])
    calls.set(key, (calls.get(key) ?? 0) + 1)
    onCall?.(key)
    request.resume().on('end', () => response.writeHead(204).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    calls,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
