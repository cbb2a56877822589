import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { freePort, portIfFree } from './free-port.ts'

test('a port that something listens on is passed over for the next free one', async () => {
  await using taken = await listenSomewhere()

  const found = await freePort(taken.port)

  assert.ok(found > taken.port && found <= taken.port + 99, `found ${found}`)
  assert.equal(await portIfFree(taken.port), undefined)
})

test('a free port is itself, and 0 is any', async () => {
  const free = await freePort(0)

  assert.equal(await portIfFree(free), free)
  assert.ok(free > 0)
})

async function listenSomewhere() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address)
  return { port: address.port, [Symbol.asyncDispose]: async () => void server.close() }
}
