import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { valueAt } from '@stageline/domain'
import { createApp } from '../app.ts'
import type { GatewaySettings, GatewayDeps } from '../gateway-deps.ts'
import { fakeDeps } from './fake-deps.ts'
import { createWorld, type FakeWorld } from './fake-world.ts'

export type Served = AsyncDisposable & {
  world: FakeWorld
  /** Breaks all connections, as a bad line would. */
  cut: () => void
  url: string
  port: number
  ask: (path: string, init?: RequestInit) => Promise<Answered>
  post: (path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answered>
}
export type Answered = {
  status: number
  headers: Headers
  text: string
  /** The parsed answer, where it is JSON. */
  body: unknown
  /** The value at a dotted path of the answer: `errors.0.pointer`. */
  at: (path: string) => unknown
}

/** The app over fakes, listening on a socket of this machine, as a client would meet it. */
export async function serve(settings: Partial<GatewaySettings> = {}, more: Partial<GatewayDeps> = {}): Promise<Served> {
  const world = createWorld()
  const server = createServer({ maxHeaderSize: 16 * 1024 }, createApp({ ...fakeDeps(world, settings), ...more }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A listening TCP server has an address of this form.
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const ask = async (path: string, init?: RequestInit): Promise<Answered> => {
    const response = await fetch(url + path, { redirect: 'manual', ...init })
    const text = await response.text()
    const isJson =
      /json/.test(response.headers.get('content-type') ?? '') &&
      !/ndjson/.test(response.headers.get('content-type') ?? '')
    const body: unknown = isJson && text !== '' ? JSON.parse(text) : undefined
    return {
      status: response.status,
      headers: response.headers,
      text,
      body,
      at: (path) => valueAt(body, path.split('.')),
    }
  }
  const post = (path: string, body: unknown = {}, headers: Record<string, string> = {}) =>
    ask(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json', ...headers },
    })
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  return { world, cut: () => server.closeAllConnections(), url, port, ask, post, [Symbol.asyncDispose]: close }
}
