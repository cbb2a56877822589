import { ownStores } from './own-stores.ts'

/** The Redis of the test run: the one that the runner names, else one of our own, kept for this process. */
export async function testRedisUrl(): Promise<string> {
  return process.env['STAGELINE_TEST_REDIS_URL'] ?? (await ownStores()).redisUrl
}
