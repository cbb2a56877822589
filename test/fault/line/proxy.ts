import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from './random.ts'

/** What a connection through the proxy meets. `toServer` is what the process says, `toClient` what it is answered. */
export type Weather =
  | { kind: 'pass' }
  /** Nothing listens; connections that are open are reset. */
  | { kind: 'refuse' }
  /** Open connections are reset, and new ones as soon as they speak. */
  | { kind: 'reset' }
  /** Nothing arrives and nothing fails. What was held arrives when it is over, as after a partition of a network. */
  | { kind: 'blackhole' }
  | { kind: 'cut'; direction: Direction }
  /** Each piece is late, in each direction. */
  | { kind: 'slow'; latencyMs: number; jitterMs: number }

export type Direction = 'toServer' | 'toClient'

export type Proxy = AsyncDisposable & {
  name: string
  port: number
  weather(): Weather
  set(weather: Weather): Promise<void>
  /** Tells the server that the client has finished, while it still listens: the end of one direction. */
  halfClose(): void
  /**
   * From now on a connection whose words to the server pass the test gets no answer: it is reset when the server has
   * answered (`answered`) or as soon as the words are forwarded (`forwarded`). Undefined ends it.
   */
  interrupt(test: ((bytes: Buffer) => 'answered' | 'forwarded' | undefined) | undefined): void
  /** How many connections `interrupt` has reset. */
  interrupted(): number
}

type Connection = { client: Socket; server: Socket; doomed: boolean }

/** A TCP proxy of ours between one process and one server, whose weather can be changed while it runs. */
export async function startProxy(options: {
  name: string
  port: number
  /** Asked for each connection: a server that was started again may listen elsewhere. Undefined while there is none. */
  target: () => { host: string; port: number } | undefined
  random: Random
}): Promise<Proxy> {
  const state = { weather: { kind: 'pass' } as Weather, changed: Promise.withResolvers<void>(), cuts: 0 }
  const connections = new Set<Connection>()
  let doom: Parameters<Proxy['interrupt']>[0]
  let listener: Server | undefined

  const reset = (connection: Connection) => {
    connections.delete(connection)
    connection.client.resetAndDestroy()
    connection.server.destroy()
  }

  const passes = async (direction: Direction): Promise<void> => {
    for (;;) {
      const { weather } = state
      if (weather.kind === 'slow') {
        await delay(weather.latencyMs + options.random.next() * weather.jitterMs)
        return
      }
      const held = weather.kind === 'blackhole' || (weather.kind === 'cut' && weather.direction === direction)
      if (!held) return
      await state.changed.promise
    }
  }

  const carry = async (connection: Connection, direction: Direction): Promise<void> => {
    const { client, server } = connection
    const [from, to] = direction === 'toServer' ? [client, server] : [server, client]
    try {
      for await (const bytes of from as AsyncIterable<Buffer>) {
        if (state.weather.kind !== 'pass') await passes(direction)
        if (state.weather.kind === 'reset' || (direction === 'toClient' && connection.doomed)) {
          if (connection.doomed) state.cuts += 1
          return reset(connection)
        }
        const room = to.write(bytes)
        const fate = direction === 'toServer' ? doom?.(bytes) : undefined
        if (fate === 'forwarded') {
          state.cuts += 1
          return void to.write('', () => reset(connection))
        }
        if (fate === 'answered') connection.doomed = true
        if (!room && !to.destroyed) await once(to, 'drain', { signal: AbortSignal.timeout(60_000) })
      }
      await passes(direction)
      to.end()
    } catch {
      await passes(direction)
      reset(connection)
    }
  }

  const accept = (client: Socket) => {
    const target = options.target()
    if (!target) return void client.resetAndDestroy()
    const server = connect({ ...target, allowHalfOpen: true, noDelay: true })
    const connection = { client, server, doomed: false }
    connections.add(connection)
    // Errors end the loops of `carry`; without a listener they would end this process.
    for (const socket of [client, server]) {
      socket.on('error', () => undefined)
      socket.on('close', () => (client.destroyed && server.destroyed ? connections.delete(connection) : undefined))
    }
    void carry(connection, 'toServer')
    void carry(connection, 'toClient')
  }

  const listen = async () => {
    listener = createServer({ allowHalfOpen: true, noDelay: true }, accept)
    listener.listen(options.port, '127.0.0.1')
    await once(listener, 'listening')
  }
  const refuse = async () => {
    const closing = listener
    listener = undefined
    closing?.close()
    for (const connection of connections) reset(connection)
    if (closing?.listening) await once(closing, 'close')
  }

  await listen()
  return {
    name: options.name,
    port: options.port,
    weather: () => state.weather,
    set: async (weather) => {
      state.weather = weather
      state.changed.resolve()
      state.changed = Promise.withResolvers()
      if (weather.kind === 'refuse') await refuse()
      else if (!listener) await listen()
      if (weather.kind === 'reset') for (const connection of connections) reset(connection)
    },
    halfClose: () => connections.forEach(({ server }) => server.end()),
    interrupt: (test) => void (doom = test),
    interrupted: () => state.cuts,
    [Symbol.asyncDispose]: refuse,
  }
}
