import { newId } from '@stageline/domain'
import { startRedisNode, waitFor, type RedisNode } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createStageQueue } from '../stage-queue.ts'
import { rawBullmq, STAGE } from '../testing/raw-bullmq.ts'

/** Longer than a blocking command and its grace: after such an outage some releases never fetched again. */
const LONG_OUTAGE_MS = 4_000
const BACK_WITHIN_MS = 5_000
const SEND_WITHIN_MS = 2_500
const CLOSE_WITHIN_MS = 4_000
const PREFIX = 'outages'

const message = () => ({
  id: newId(),
  stage: STAGE,
  tenantId: newId(),
  workflow: 'document',
  steps: [[newId(), STAGE, 1] as const],
})

describe('BullMQ over our connections, with Redis away', () => {
  let redis: RedisNode
  before(
    async () => void (redis = await startRedisNode({ password: 'x', settings: ['requirepass x', 'appendonly yes'] })),
  )
  afterEach(async () => {
    redis.thaw()
    if ((await redis.ask('PING')) === '') await redis.start()
    await redis.ask('FLUSHALL')
  })
  after(() => redis[Symbol.asyncDispose]())

  const lose: [string, () => unknown, () => unknown][] = [
    ['killed', () => redis.kill(), () => redis.start()],
    ['frozen', () => redis.freeze(), () => redis.thaw()],
  ]

  for (const [how, away, back] of lose)
    it(`an idle worker fetches again by itself after Redis was ${how}`, async () => {
      await using at = rawBullmq(redis.url)
      const worked: (string | undefined)[] = []
      const worker = at.work(async ({ id }) => void worked.push(id), { runRetryDelay: 1_000 })
      await worker.waitUntilReady()

      await away()
      await delay(LONG_OUTAGE_MS)
      await back()
      await at.queue().add('x', {}, { jobId: 'afterwards' })

      await waitFor(() => worked.includes('afterwards'), { timeoutMs: BACK_WITHIN_MS, message: 'a fetch' })
    })

  for (const [how, away] of lose)
    it(`sending ends within its limit while Redis is ${how}, also over a queue that is opened meanwhile`, async () => {
      await using at = rawBullmq(redis.url)
      const connection = at.open('producer')
      await using opened = createStageQueue({ redis: connection, prefix: PREFIX, onError: () => undefined })
      await waitFor(() => connection.status === 'ready')
      await opened.send([message()])
      await away()
      await using built = createStageQueue({ redis: at.open('producer'), prefix: PREFIX, onError: () => undefined })

      for (const queue of [opened, built]) {
        const began = performance.now()
        await assert.rejects(queue.send([message()]), { code: 'queue.unavailable' })
        assert.ok(performance.now() - began < SEND_WITHIN_MS)
      }
    })

  it('an add that timed out may have been done all the same: a failure is not "not added"', async () => {
    await using at = rawBullmq(redis.url)
    const connection = at.open('producer')
    await using queue = createStageQueue({ redis: connection, prefix: PREFIX, onError: () => undefined })
    await waitFor(() => connection.status === 'ready')
    await queue.send([message()])
    const sent = message()
    redis.freeze()
    await assert.rejects(queue.send([sent]), { code: 'queue.unavailable' })

    redis.thaw()

    await waitFor(async () => (await queue.stepsOf(STAGE, sent.id)) !== undefined, { message: 'the message to appear' })
  })

  for (const [how, away] of lose)
    it(`a consumer ends its close within its limit while Redis is ${how}, whatever the worker below it does`, async () => {
      const consumer = await startConsumer(redis.url)
      await away()
      const began = performance.now()

      consumer.kill('SIGTERM')

      assert.deepEqual(await once(consumer, 'exit'), [0, null])
      assert.ok(performance.now() - began < CLOSE_WITHIN_MS)
    })

  it('addBulk is no transaction: cut off in the middle, a part is there and the caller sees an error', async () => {
    for (let round = 1; ; round += 1) {
      await using at = rawBullmq(redis.url)
      const connection = at.open('producer')
      const queue = at.queue({ connection, skipWaitingForReady: true })
      await waitFor(() => connection.status === 'ready')
      const observer = at.open('worker')
      const waiting = () => observer.llen(`${at.prefix}:${STAGE}:wait`)
      const rows = Array.from({ length: 5_000 }, (_, n) => ({ name: 'x', data: {}, opts: { jobId: `m-${n}` } }))
      const outcome = queue.addBulk(rows).then(
        () => 'added',
        () => 'error',
      )
      await waitFor(async () => (await waiting()) > 0)
      await redis.kill()
      const said = await outcome
      await redis.start()
      const there = await waiting()
      if (there > 0 && there < rows.length) return assert.equal(said, 'error')
      assert.ok(round < 10, 'never cut off in the middle')
    }
  })
})

/** In a process of its own: what is left behind of a worker whose Redis is away keeps its process alive. */
async function startConsumer(url: string): Promise<ChildProcess> {
  const code = `
    import { createStageConsumer, openRedis } from './index.ts'
    const onError = () => undefined
    const redis = openRedis(${JSON.stringify(url)}, 'worker', 'w', onError)
    const about = { stage: ${JSON.stringify(STAGE)}, prefix: ${JSON.stringify(PREFIX)}, concurrency: 1, name: 'w' }
    const execute = async () => ({ steps: 1, failed: 0, codes: [] })
    const consumer = createStageConsumer({ ...about, lockMs: 10_000, redis, execute, onError, onMalformed: onError })
    consumer.start()
    process.once('SIGTERM', () => consumer.close(1_000).then(() => process.exit(0)))
    redis.once('ready', () => console.log('ready'))`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: join(import.meta.dirname, '..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}
