import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { channel } from 'node:diagnostics_channel'
import { chunksOf, nextOf, outputOf, STAGES, STARTED, type Item } from '../rig/workload.ts'
import type { Contender } from './contender.ts'

const OPTIONS = { removeOnComplete: true, removeOnFail: 1_000 }
const started = channel(STARTED)
const connect = (url: string) => new Redis(url, { maxRetriesPerRequest: null })

/** What people write by hand: a queue a stage, and each handler adds to the next queue. Nothing is recorded. */
export const bullmq: Contender = {
  name: 'bullmq',
  title: 'BullMQ, hand-chained (1a)',
  settings: 'concurrency 100 a queue, addBulk 500, removeOnComplete; no record, no retries, no history',
  needs: ['redis'],
  items: 10_000,
  workers: [STAGES],
  submitter: async ({ redisUrl }) => {
    const queue = new Queue<Item>(STAGES[0], { connection: connect(redisUrl) })
    return {
      submit: async (items) => {
        for (const some of chunksOf(items, 500))
          await queue.addBulk(some.map((data) => ({ name: 'item', data, opts: OPTIONS })))
        return items.map(({ id }) => id)
      },
      close: () => queue.close(),
    }
  },
  worker: async ({ redisUrl }, stages, done) => {
    const producer = connect(redisUrl)
    const workers = stages.map((stage) => {
      const next = nextOf(stage)
      const queue = next && new Queue<Item>(next, { connection: producer })
      const worker = new Worker<Item, number>(
        stage,
        async ({ data }) => {
          if (started.hasSubscribers && stage === STAGES[0]) started.publish(data.id)
          const item = { ...data, [stage]: outputOf(stage, data) }
          if (queue) await queue.add('item', item, OPTIONS)
          return item.id
        },
        { connection: connect(redisUrl), concurrency: 100 },
      )
      worker.on('error', () => undefined)
      if (!queue) worker.on('completed', (_message, id) => done([id]))
      return worker
    })
    await Promise.all(workers.map((worker) => worker.waitUntilReady()))
    return { close: async () => void (await Promise.all(workers.map((worker) => worker.close(true)))) }
  },
}
