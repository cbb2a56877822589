import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

type Answer = { status: number; headers?: Record<string, string> }

/**
 * An outside system that counts how often it was called with each `Idempotency-Key`, and notes when. `answer` chooses what
 * it says to a call; default 204.
 */
export async function startHttpSink({
  onCall,
  answer = () => ({ status: 204 }),
}: { onCall?: (key: string) => void; answer?: () => Answer } = {}): Promise<{
  url: string
  calls: ReadonlyMap<string, number>
  /** Of each call in turn, in ms of `performance.now()`. */
  times: readonly number[]
  [Symbol.asyncDispose]: () => Promise<void>
}> {
  const calls = new Map<string, number>()
  const times: number[] = []
  const server = createServer((request, response) => {
    const key = String(request.headers['idempotency-key'])
    calls.set(key, (calls.get(key) ?? 0) + 1)
    onCall?.(key)
    times.push(performance.now())
    const { status, headers } = answer()
    request.resume().on('end', () => response.writeHead(status, headers).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    calls,
    times,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
