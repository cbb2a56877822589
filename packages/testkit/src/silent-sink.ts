import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An outside system that takes requests and never answers; it sees when their connections open and close. */
export async function startSilentSink(): Promise<{
  url: string
  /** Of each connection in turn, in ms of `performance.now()`. */
  connections: readonly { openedAt: number; closedAt: number | null }[]
  [Symbol.asyncDispose]: () => Promise<void>
}> {
  const connections: { openedAt: number; closedAt: number | null }[] = []
  const server = createServer((request) => {
    const connection = { openedAt: performance.now(), closedAt: null as number | null }
    connections.push(connection)
    request.socket.once('close', () => (connection.closedAt = performance.now()))
    request.resume()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    connections,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
