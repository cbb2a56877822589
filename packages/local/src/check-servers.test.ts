import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { checkServers } from './check-servers.ts'
import { freePort } from './free-port.ts'

test('servers that are not named are not looked for', async () => {
  await checkServers({})
})

test('a Redis that answers can be used; its password is sent whatever it holds', async () => {
  await using redis = await fakeRedis('+OK\r\n+PONG\r\n')

  await checkServers({ REDIS_URL: `redis://:${encodeURIComponent('p "w@')}@127.0.0.1:${redis.port}/1` })

  assert.match(redis.said(), /\$4\r\nAUTH\r\n\$5\r\np "w@\r\n/)
})

test('a Redis that refuses is named with what it said, without the password', async () => {
  await using redis = await fakeRedis('-WRONGPASS invalid password\r\n-NOAUTH\r\n')

  await assert.rejects(checkServers({ REDIS_URL: `redis://:secret@127.0.0.1:${redis.port}` }), (error: Error) => {
    assert.match(
      error.message,
      /Redis at 127\.0\.0\.1:\d+, which REDIS_URL names, cannot be used: -WRONGPASS invalid password$/,
    )
    return !error.message.includes('secret')
  })
})

test('a Redis that does not listen is named at once', async () => {
  const port = await freePort(0)

  await assert.rejects(checkServers({ REDIS_URL: `redis://127.0.0.1:${port}` }), /REDIS_URL names.*ECONNREFUSED/)
})

test('of several nodes one that answers is enough', async () => {
  await using redis = await fakeRedis('+OK\r\n+PONG\r\n')
  const silent = await freePort(0)

  await checkServers({ REDIS_URL: `redis+cluster://app:secret@127.0.0.1:${silent},127.0.0.1:${redis.port}` })

  assert.match(redis.said(), /\r\napp\r\n\$6\r\nsecret\r\n/)
})

test('sentinels are asked with the sign-in that is theirs', async () => {
  await using redis = await fakeRedis('+OK\r\n+PONG\r\n')

  await checkServers({ REDIS_URL: `redis+sentinel://u:secret@127.0.0.1:${redis.port}/main?db=1&sentinelPassword=own` })

  assert.match(redis.said(), /AUTH\r\n\$3\r\nown\r\n/)
  assert.doesNotMatch(redis.said(), /secret/)
})

for (const text of ['nonsense', 'http://127.0.0.1/line']) {
  test(`"${text}" names no server`, async () => {
    await assert.rejects(
      checkServers({ DATABASE_URL: text }),
      /DATABASE_URL is not an address that begins with postgres:/,
    )
    await assert.rejects(checkServers({ REDIS_URL: text }), /REDIS_URL is not an address that begins with redis:/)
  })
}

async function fakeRedis(answer: string) {
  let said = ''
  const server = createServer((socket) => {
    socket.setEncoding('utf8').once('data', (text: string) => {
      said += text
      socket.end(answer)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' ? address?.port : undefined,
    said: () => said,
    [Symbol.asyncDispose]: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}
