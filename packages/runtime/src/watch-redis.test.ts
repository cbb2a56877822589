import { TransientError } from '@stageline/domain'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Health } from './health.ts'
import { redisIsFit } from './watch-redis.ts'

const fit = { version: '7.0.15', problems: [], warnings: [] }
const ready = async (redis: Parameters<typeof redisIsFit>[0]) => {
  const health = new Health(new AbortController().signal)
  health.needs('redis', redisIsFit(redis))
  const { status, body } = await health.ready()
  return [status, body.checks?.['redis']?.output]
}

test('readiness says which refusal or setting of Redis is at fault, and nothing of addresses', async () => {
  const writable = async () => undefined
  const refused = async () => {
    throw new TransientError('queue.unavailable', 'Redis takes no messages: MISCONF')
  }
  const away = async () => {
    throw new Error('connect ECONNREFUSED 10.0.0.7:6379')
  }
  const unfit = { ...fit, problems: ['maxmemory-policy is allkeys-lru and must be noeviction'] }

  const answers = [
    await ready({ writable, inspect: async () => fit }),
    await ready({ writable: refused, inspect: async () => fit }),
    await ready({ writable: away, inspect: away }),
    await ready({ writable, inspect: async () => unfit }),
  ]

  assert.deepEqual(answers, [
    [200, undefined],
    [503, 'Redis takes no messages: MISCONF'],
    [503, 'refused'],
    [503, 'maxmemory-policy is allkeys-lru and must be noeviction'],
  ])
})
