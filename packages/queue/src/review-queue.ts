import { withinLimit } from '@stageline/domain'
import type { ReviewQueue } from '@stageline/engine/ports'
import { Queue } from 'bullmq'
import { keyPrefix, type RedisClient } from './open-redis.ts'

export const REVIEW_QUEUE = 'manual-review'
const LIMIT_MS = 2_000
const idOf = (taskId: string): string => `task-${taskId}`

/** A queue without workers: its waiting list is the backlog that Bull Board shows. The tasks themselves are rows. */
export function createReviewQueue({
  redis,
  prefix,
  onError,
}: {
  redis: RedisClient
  prefix: string
  onError: (error: Error) => void
}): ReviewQueue & AsyncDisposable & { queue: Queue } {
  const queue = new Queue(REVIEW_QUEUE, {
    connection: redis,
    prefix: keyPrefix(prefix, REVIEW_QUEUE),
    skipVersionCheck: true,
    skipWaitingForReady: true,
  })
  queue.on('error', onError)
  return {
    queue,
    announce: async (tasks) => {
      const rows = tasks.map(({ id, tenantId, jobId, cause }) => ({
        name: `review · ${cause}`,
        data: { tenant: tenantId, task: id, job: jobId },
        opts: { jobId: idOf(id), attempts: 1 },
      }))
      if (rows.length > 0) await withinLimit(LIMIT_MS, queue.addBulk(rows), 'Redis')
    },
    withdraw: async (taskIds) => {
      await withinLimit(LIMIT_MS, Promise.all(taskIds.map((id) => queue.remove(idOf(id)))), 'Redis')
    },
    announced: async () => {
      const ids = await withinLimit(LIMIT_MS, redis.lrange(queue.keys['wait'] ?? '', 0, -1), 'Redis')
      return ids.map((id) => id.replace(/^task-/, ''))
    },
    [Symbol.asyncDispose]: async () => {
      await withinLimit(LIMIT_MS, queue.close(), 'Redis').catch(() => undefined)
    },
  }
}
