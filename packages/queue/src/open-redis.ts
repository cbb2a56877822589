import { Redis } from 'ioredis'

/**
 * `producer`: fails fast, so that accepting work never waits for Redis. `worker`: patient, as BullMQ demands of
 * connections that block.
 */
export type RedisRole = 'producer' | 'worker'

const COMMAND_TIMEOUT_MS = 1_500

/** A connection that comes back within a second of Redis, whatever the outage was. `onError` is called for each error. */
export function openRedis(url: string, role: RedisRole, name: string, onError: (error: Error) => void): Redis {
  const redis = new Redis(url, {
    connectionName: name,
    retryStrategy: (times) => Math.min(100 * times, 1_000) + Math.random() * 100,
    ...(role === 'producer'
      ? {
          enableOfflineQueue: false,
          maxRetriesPerRequest: 1,
          commandTimeout: COMMAND_TIMEOUT_MS,
          connectTimeout: 2_000,
        }
      : { maxRetriesPerRequest: null }),
  })
  redis.on('error', onError)
  return redis
}

/** One hash tag a queue, so that all keys of a queue live on one node of a Redis Cluster. */
export const keyPrefix = (prefix: string, queue: string): string => `{${prefix}:${queue}}`
