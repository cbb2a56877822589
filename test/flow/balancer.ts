/** The least that a balancer does: hands each request to a gateway that says it is ready, and never tries one twice. */
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

const ASK_EVERY_MS = 100

export async function startBalancer(ports: readonly number[]) {
  let ready: number[] = []
  let turn = 0
  const agent = new Agent({ keepAlive: true })
  // One that is slow to answer is as it was: only an answer, or nobody there, changes anything.
  const isReady = (port: number): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(1_000) }).then(
      async (answer) => (await answer.body?.cancel(), answer.ok),
      (error: unknown) => error instanceof DOMException && error.name === 'TimeoutError' && ready.includes(port),
    )
  const ask = async () => {
    const seen = await Promise.all(ports.map(isReady))
    ready = ports.filter((_, i) => seen[i])
  }
  const timer = setInterval(() => void ask(), ASK_EVERY_MS)
  const pass = (from: IncomingMessage, to: ServerResponse) => {
    const port = ready[(turn += 1) % ready.length]
    if (port === undefined) return void to.writeHead(502).end('no gateway is ready')
    const { method, url: path, headers } = from
    const onward = request({ host: '127.0.0.1', port, method, path, headers, agent }, (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(to)
    })
    onward.on('error', (error) => to.headersSent || to.writeHead(502).end(error.message))
    from.pipe(onward)
  }
  const server = createServer(pass).listen(0, '127.0.0.1')
  await once(server, 'listening')
  await ask()
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ready: () => ready,
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer)
      server.close()
      server.closeAllConnections()
      agent.destroy()
    },
  }
}
