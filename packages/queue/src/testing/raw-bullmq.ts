import { Queue, Worker, type Processor, type QueueOptions, type WorkerOptions } from 'bullmq'
import { Redis } from 'ioredis'
import { keyPrefix, openRedis, type RedisClient } from '../open-redis.ts'

/** What is worked on in the contract tests. */
export const STAGE = 'extraction'

/** Soon over, so that a test need not wait for the times of the line. */
const SHORT = { lockDuration: 600, stalledInterval: 300, maxStalledCount: 20, drainDelay: 2 }

/**
 * Queues and workers of BullMQ itself, over connections as the line opens them, under names of their own. Disposing ends
 * workers without waiting for what they hold.
 */
export function rawBullmq(url: string) {
  const stack = new AsyncDisposableStack()
  const prefix = keyPrefix(`c${Math.random().toString(36).slice(2, 10)}`, STAGE)
  const open = (role: 'producer' | 'worker'): RedisClient => {
    const redis = openRedis(url, role, 'contract', () => undefined)
    stack.defer(() => redis.disconnect())
    if (redis instanceof Redis) trackCopies(redis)
    return redis
  }
  /** A worker that is closed while Redis is away leaves its blocking connection behind, and that keeps a process alive. */
  const trackCopies = (redis: Redis) => {
    const duplicate = redis.duplicate.bind(redis)
    redis.duplicate = (options) => {
      const copy = duplicate(options)
      stack.defer(() => copy.disconnect())
      return copy
    }
  }
  const queue = (options: Partial<QueueOptions> = {}): Queue => {
    const opened = new Queue(STAGE, { connection: open('worker'), prefix, skipVersionCheck: true, ...options })
    opened.on('error', () => undefined)
    stack.defer(() => void opened.close().catch(() => undefined))
    return opened
  }
  const work = (processor: Processor, options: Partial<WorkerOptions> = {}): Worker => {
    const connection = open('worker')
    const worker = new Worker(STAGE, processor, { connection, prefix, skipVersionCheck: true, ...SHORT, ...options })
    worker.on('error', () => undefined)
    stack.defer(() => void worker.close(true).catch(() => undefined))
    return worker
  }
  return { prefix, open, queue, work, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}
