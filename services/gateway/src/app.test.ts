import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createApp } from './app.ts'
import { listen, stopListening } from './listen.ts'
import { fakeDeps } from './testing/fake-deps.ts'
import { createWorld } from './testing/fake-world.ts'

test('while the database is behind, requests are refused before any work is done, and health is told', async () => {
  const deps = fakeDeps(createWorld())
  let busy = true
  let asked = 0
  const apiKeys = { ...deps.apiKeys, any: async () => (asked++, false) }
  const app = createApp({ ...deps, apiKeys, isBusy: () => busy })
  const { server, port } = await listen(app, { host: '127.0.0.1', port: 0 })
  await using _ = { [Symbol.asyncDispose]: () => stopListening(server, { lingerMs: 0, withinMs: 1_000 }) }
  const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`)

  const refused = await get('/v1/jobs')
  const health = await get('/health/ready')
  const askedWhileBusy = asked
  busy = false
  const answered = await get('/v1/jobs')

  assert.deepEqual([refused.status, health.status, answered.status], [503, 200, 200])
  const retryAfterS = Number(refused.headers.get('retry-after'))
  assert.ok(retryAfterS >= 2 && retryAfterS <= 8, `Retry-After: ${retryAfterS}`)
  assert.deepEqual([askedWhileBusy, asked > 0], [0, true])
})
