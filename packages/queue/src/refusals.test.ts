import { newId } from '@stageline/domain'
import type { Message } from '@stageline/engine/ports'
import { startTestRedis, waitFor } from '@stageline/testkit'
import { Redis } from 'ioredis'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createStageConsumer, createStageQueue, openRedis } from './index.ts'

const tenantId = newId()
const message = (): Message => ({
  id: newId(),
  stage: 'extraction',
  tenantId,
  workflow: 'document',
  steps: [[newId(), 'extraction', 1]],
})

type Refusal = { word: string; begin: (redis: Redis) => Promise<unknown>; end: (redis: Redis) => Promise<unknown> }

/** Each way in which a Redis that answers takes no writes, on a real one. */
const REFUSALS: readonly Refusal[] = [
  {
    word: 'OOM',
    begin: (redis) => redis.config('SET', 'maxmemory', '100kb'),
    end: (redis) => redis.config('SET', 'maxmemory', '0'),
  },
  {
    word: 'READONLY',
    begin: (redis) => redis.replicaof('127.0.0.1', '1'),
    end: (redis) => redis.replicaof('NO', 'ONE'),
  },
  {
    word: 'MISCONF',
    begin: async (redis) => {
      const [, folder] = (await redis.config('GET', 'dir')) as [string, string]
      await rm(folder, { recursive: true })
      await redis.bgsave()
      await waitFor(async () => /rdb_last_bgsave_status:err/.test(await redis.info('persistence')))
    },
    end: (redis) => redis.config('SET', 'stop-writes-on-bgsave-error', 'no'),
  },
]

async function setup() {
  const stack = new AsyncDisposableStack()
  const server = stack.use(await startTestRedis())
  const admin = new Redis(server.url)
  stack.defer(() => admin.disconnect())
  const open = (role: 'producer' | 'worker') => {
    const redis = openRedis(server.url, role, 'test', () => undefined)
    stack.defer(() => redis.disconnect())
    return redis
  }
  const producer = open('producer')
  const queue = stack.use(createStageQueue({ redis: producer, prefix: 'r', onError: () => undefined }))
  await once(producer, 'ready')
  const seen = { worked: [] as string[], errors: 0 }
  const consumer = createStageConsumer({
    stage: 'extraction',
    redis: open('worker'),
    prefix: 'r',
    concurrency: 4,
    lockMs: 10_000,
    name: 'w',
    execute: async ({ message: { id } }) => {
      seen.worked.push(id)
      return { steps: 1, failed: 0, codes: [] }
    },
    onError: () => void (seen.errors += 1),
    onMalformed: () => undefined,
  })
  stack.defer(async () => void (await consumer.close(2_000)))
  consumer.start()
  const sent = async () => {
    const one = message()
    await queue.send([one])
    return one.id
  }
  const worked = (id: string) => waitFor(() => seen.worked.includes(id), { message: 'a message to be worked' })
  return { admin, queue, consumer, seen, sent, worked, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

const CPU_FOR_MS = 2_000

for (const { word, begin, end } of REFUSALS) {
  describe(`a Redis that answers ${word}`, () => {
    it('is left alone by senders and workers, which say why, and used again within 5 s of its recovery', async () => {
      await using at = await setup()
      await at.worked(await at.sent())
      await begin(at.admin)

      await assert.rejects(at.queue.send([message()]), { code: 'queue.unavailable' })
      const began = performance.now()
      await assert.rejects(at.queue.send([message()]), { message: `Redis takes no messages: ${word}` })
      const turnedAwayInMs = performance.now() - began
      const [errors, cpu] = [at.seen.errors, process.cpuUsage()]
      await delay(CPU_FOR_MS)
      const { user, system } = process.cpuUsage(cpu)
      const share = (user + system) / 1_000 / CPU_FOR_MS
      await assert.rejects(at.queue.writable(), { message: `Redis takes no messages: ${word}` })
      await end(at.admin)
      const recovered = performance.now()
      const id = await waitFor(() => at.sent().catch(() => undefined), { message: 'Redis to be used again' })
      await at.worked(String(id))

      assert.ok(turnedAwayInMs < 50, `turned away after ${turnedAwayInMs} ms`)
      assert.ok(at.seen.errors - errors <= 5, `${at.seen.errors - errors} errors in ${CPU_FOR_MS} ms`)
      assert.ok(share < 0.2, `${share} of a core while Redis refuses`)
      assert.ok(performance.now() - recovered < 5_000)
      assert.equal(at.queue.refusals().size, 0)
      await at.queue.writable()
    })
  })
}

it('a worker that has messages waiting does not spin while Redis refuses, and its owner’s pause outlives the refusal', async () => {
  await using at = await setup()
  const [readonly] = REFUSALS.filter(({ word }) => word === 'READONLY')
  await at.consumer.pause()
  for (let i = 0; i < 50; i++) await at.sent()
  await readonly!.begin(at.admin)
  at.consumer.resume()
  await waitFor(() => at.consumer.refusal() === 'READONLY', { message: 'the worker to notice' })
  const noticed = at.seen.errors

  await delay(1_500)
  const [spun, paused] = [at.seen.errors - noticed, at.consumer.isPaused()]
  await at.consumer.pause()
  await readonly!.end(at.admin)
  await waitFor(() => at.consumer.refusal() === undefined, { message: 'the refusal to end' })
  const whilePaused = at.seen.worked.length
  at.consumer.resume()
  await waitFor(() => at.seen.worked.length === 50, { timeoutMs: 20_000, message: 'all to be worked' })

  assert.ok(noticed <= 10 && spun <= 5, `${noticed} errors, then ${spun}`)
  assert.deepEqual([paused, whilePaused], [false, 0])
})
