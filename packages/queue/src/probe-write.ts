import { withinLimit } from '@stageline/domain'
import { keyPrefix, type RedisClient } from './open-redis.ts'

const LIMIT_MS = 1_500
const KEPT_MS = 1_000

/** A write that costs nothing, on the node that holds the queue. Answers only where messages would be taken, too. */
export const probeWrite = (redis: RedisClient, prefix: string, queue: string): Promise<unknown> =>
  withinLimit(LIMIT_MS, redis.set(`${keyPrefix(prefix, queue)}:probe`, '1', 'PX', KEPT_MS), 'Redis')
