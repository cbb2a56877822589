import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import { createApp } from './app.ts'
import { listen, stopListening } from './listen.ts'
import { fakeDeps } from './testing/fake-deps.ts'
import { createWorld } from './testing/fake-world.ts'

const AT_ONCE = { lingerMs: 0, withinMs: 0 }

async function setup() {
  const world = createWorld()
  const stop = new AbortController()
  const { server, port } = await listen(createApp({ ...fakeDeps(world), stopping: stop.signal }), {
    host: '127.0.0.1',
    port: 0,
  })
  return { world, port, server, stop, [Symbol.asyncDispose]: () => stopListening(server, AT_ONCE) }
}

/** Sends bytes as they are and reads until the other side closes. */
function sendBytes(port: number, text: string, { end = false } = {}): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket
      .setEncoding('utf8')
      .on('data', (part) => (answer += part))
      .on('close', () => resolve(answer))
      .on('error', () => {})
    if (end) socket.end(text)
    else socket.write(text)
  })
}

const HEAD = 'POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n'

test('what is not HTTP is answered with a problem and the line is closed', async () => {
  await using served = await setup()

  const answer = await sendBytes(served.port, 'HELLO\r\n\r\n')

  assert.match(answer, /^HTTP\/1\.1 400 [^]*application\/problem\+json[^]*"status":400/)
})

test('headers beyond 16 kB are answered with 431 as a problem', async () => {
  await using served = await setup()

  const answer = await sendBytes(served.port, `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)

  assert.match(answer, /^HTTP\/1\.1 431 [^]*"status":431/)
})

test('a body that never ends is cut at 1 MB', async () => {
  await using served = await setup()
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`

  const answer = await sendBytes(served.port, `${HEAD}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(20)}0\r\n\r\n`)

  assert.match(answer, /^HTTP\/1\.1 413 /)
})

test('a length that promises more than comes stores nothing', async () => {
  await using served = await setup()
  const body = '{"workflow":"part","input":{"record":{"mpn":"N"}}}'

  await sendBytes(served.port, `${HEAD}Content-Length: ${body.length + 10}\r\n\r\n${body}`, { end: true })

  assert.equal(served.world.submitted.length, 0)
})

test('a request with two lengths is refused', async () => {
  await using served = await setup()

  const answer = await sendBytes(served.port, `${HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`)

  assert.match(answer, /^HTTP\/1\.1 400 /)
})

test('an open event stream does not hold a process that is asked to stop', async () => {
  const served = await setup()
  await new Promise((resolve) =>
    get(`http://127.0.0.1:${served.port}/v1/events`, (response) => resolve(response.on('error', () => {}).resume())),
  )
  const begun = performance.now()

  served.stop.abort()
  await stopListening(served.server, { lingerMs: 0, withinMs: 60_000 })

  assert.ok(performance.now() - begun < 5_000)
})

test('a stopping server goes on answering for a while, and closes each connection with its answer', async () => {
  const served = await setup()
  const agent = new Agent({ keepAlive: true })
  const ask = () =>
    new Promise<IncomingMessage>((resolve, reject) =>
      get({ port: served.port, host: '127.0.0.1', path: '/health/live', agent }, (response) =>
        response.on('end', () => resolve(response)).resume(),
      ).on('error', reject),
    )
  const before = await ask()

  const stopped = stopListening(served.server, { lingerMs: 300, withinMs: 60_000 })
  const during = await ask()
  await stopped

  assert.deepEqual([before.headers.connection, before.statusCode], ['keep-alive', 200])
  assert.deepEqual([during.headers.connection, during.statusCode], ['close', 200])
  await assert.rejects(ask())
  agent.destroy()
})

test('what a stopping server goes on answering for is part of the time that it has', async () => {
  const served = await setup()
  const begun = performance.now()

  await stopListening(served.server, { lingerMs: 60_000, withinMs: 100 })

  assert.ok(performance.now() - begun < 5_000)
})

test('a stream that ends with its server tells the reader to come back soon', async () => {
  const served = await setup()
  const stream = await new Promise<IncomingMessage>((resolve) =>
    get(`http://127.0.0.1:${served.port}/v1/events`, resolve),
  )
  let text = ''
  stream.setEncoding('utf8').on('data', (part: string) => (text += part))
  const ended = once(stream, 'end')

  served.stop.abort()
  await stopListening(served.server, AT_ONCE)
  await ended

  assert.match(text, /retry: 500\n\n$/)
})
