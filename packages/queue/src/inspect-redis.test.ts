import { startTestRedis, waitFor } from '@stageline/testkit'
import { Redis } from 'ioredis'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createStageQueue, openRedis } from './index.ts'

test('a Redis that evicts keys is unfit, one without a file is warned of, and both are told by INFO alone', async () => {
  await using server = await startTestRedis()
  const admin = new Redis(server.url)
  await admin.acl('SETUSER', 'least', 'on', '>secret', '~*', '+info', '+ping')
  const url = new URL(server.url)
  url.username = 'least'
  url.password = 'secret'
  const redis = openRedis(url.href, 'producer', 'test', () => undefined)
  using _closing = { [Symbol.dispose]: () => (admin.disconnect(), redis.disconnect()) }
  await using queue = createStageQueue({ redis, prefix: 'i', onError: () => undefined })
  await waitFor(() => redis.status === 'ready')

  const fit = await queue.inspect()
  await admin.config('SET', 'maxmemory-policy', 'allkeys-lru')
  await admin.config('SET', 'appendonly', 'no')
  const unfit = await queue.inspect()

  assert.match(fit.version, /^\d+\.\d+/)
  assert.deepEqual([fit.problems, fit.warnings], [[], []])
  assert.deepEqual(unfit.problems, ['maxmemory-policy is allkeys-lru and must be noeviction'])
  assert.deepEqual(unfit.warnings, ['it keeps no append-only file'])
})
