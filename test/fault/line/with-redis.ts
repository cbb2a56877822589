import { Redis } from 'ioredis'

/** Straight to a server, past every proxy, for as long as the work takes. Waits for a server that starts just now. */
export async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { maxRetriesPerRequest: 20, retryStrategy: () => 100 })
  redis.on('error', () => undefined)
  try {
    return await work(redis)
  } finally {
    redis.disconnect()
  }
}
