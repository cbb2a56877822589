import { startStores } from '@stageline/local'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownStores } from './own-stores.ts'

/** The Redis of the test run: the one that the runner names, else one of our own, kept for this process. */
export async function testRedisUrl(): Promise<string> {
  return process.env['STAGELINE_TEST_REDIS_URL'] ?? (await ownStores()).redisUrl
}

/** A Redis for one test alone, that may be wiped, stopped or broken. */
export async function startTestRedis(): Promise<{ url: string; [Symbol.asyncDispose]: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'stageline-redis-'))
  const stores = await startStores({ dir, databaseUrl: 'postgres://not-needed' })
  return {
    url: stores.redisUrl,
    [Symbol.asyncDispose]: async () => {
      await stores.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
