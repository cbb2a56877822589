import { startRedisNode, startTestRedis, waitFor } from '@stageline/testkit'
import type { Job } from 'bullmq'
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { rawBullmq, STAGE } from '../testing/raw-bullmq.ts'

/** Lock and scan of the tests and twice as much again for a busy machine. */
const BACK_WITHIN_MS = 3 * (600 + 300)
const never = () => new Promise<never>(() => undefined)

describe('BullMQ, of workers that go silent', () => {
  let server: Awaited<ReturnType<typeof startTestRedis>>
  before(async () => void (server = await startTestRedis()))
  after(() => server[Symbol.asyncDispose]())

  it('the message of a killed worker runs again within lock and scan, as the same attempt and counted as a stall', async () => {
    await using at = rawBullmq(server.url)
    const queue = at.queue()
    await queue.add('x', {}, { jobId: 'one', attempts: 1 })
    const { process: holder, killedAt } = await killWhileHolding(at.prefix)
    const again = Promise.withResolvers<{ ms: number; message: Job }>()

    at.work(async (message) => again.resolve({ ms: performance.now() - killedAt, message }))

    const { ms, message } = await again.promise
    assert.equal(holder.signalCode, 'SIGKILL')
    assert.ok(ms < BACK_WITHIN_MS, `${ms} ms`)
    assert.deepEqual([message.attemptsMade, message.stalledCounter], [0, 1])
  })

  it('a message may stall as often as maxStalledCount says; with less, it fails without being run', async () => {
    for (const [maxStalledCount, end] of [
      [20, 'completed'],
      [1, 'failed'],
    ] as const) {
      await using at = rawBullmq(server.url)
      const queue = at.queue()
      await queue.add('x', {}, { jobId: 'one', attempts: 1 })
      for (const _ of [1, 2]) {
        const held = Promise.withResolvers<void>()
        const dead = at.work(async () => (held.resolve(), never()), { maxStalledCount })
        await held.promise
        await dead.close(true)
      }

      at.work(async () => undefined, { maxStalledCount })

      await waitFor(async () => (await queue.getJobState('one')) === end, { message: `it to be ${end}` })
    }
  })

  it('of two that worked the same message, the one that lost its lock cannot record its end', async () => {
    await using at = rawBullmq(server.url)
    const queue = at.queue()
    await queue.add('x', {}, { jobId: 'one', removeOnComplete: { count: 10 } })
    const [held, letGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const asleep = async () => (held.resolve(), letGo.promise.then(() => 'late'))
    const sleeper = at.work(asleep, { skipLockRenewal: true, skipStalledCheck: true })
    const refused = once(sleeper, 'error')
    await held.promise
    at.work(async () => 'in time')
    await waitFor(async () => (await queue.getJobState('one')) === 'completed')

    letGo.resolve()

    assert.match(String(await refused), /lock/i)
    assert.equal((await queue.getJob('one'))?.returnvalue, 'in time')
  })

  it('close waits for what is in hand; close(true) returns at once, and what was in hand stays active', async () => {
    await using at = rawBullmq(server.url)
    const queue = at.queue()
    await queue.add('x', {}, { jobId: 'one' })
    const [held, letGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const patient = at.work(async () => (held.resolve(), letGo.promise))
    await held.promise
    let closed = false
    const closing = patient.close().then(() => (closed = true))
    await queue.add('x', {}, { jobId: 'two' })
    const closedEarly = closed
    letGo.resolve()
    await closing
    const leftBehind = Promise.withResolvers<void>()
    const hasty = at.work(async () => (leftBehind.resolve(), never()))
    await leftBehind.promise
    const began = performance.now()

    await hasty.close(true)

    assert.equal(closedEarly, false)
    assert.ok(performance.now() - began < 1_000)
    assert.equal(await queue.getJobState('two'), 'active')
  })

  it('workers go on after everything in Redis was flushed', async () => {
    await using redis = await startRedisNode({ password: 'x', settings: ['requirepass x'] })
    await using at = rawBullmq(redis.url)
    const queue = at.queue()
    const worked: (string | undefined)[] = []
    at.work(async ({ id }) => void worked.push(id))
    await queue.add('x', {}, { jobId: 'before' })
    await waitFor(() => worked.includes('before'))

    await redis.ask('FLUSHALL')
    await queue.add('x', {}, { jobId: 'after' })

    await waitFor(() => worked.includes('after'), { message: 'the message after the flush' })
  })

  /** A worker in a process of its own that takes a message and is killed with it in its hands. */
  async function killWhileHolding(prefix: string) {
    const code = `
      import { Worker } from 'bullmq'
      import { Redis } from 'ioredis'
      const connection = new Redis(${JSON.stringify(server.url)}, { maxRetriesPerRequest: null })
      const hold = async () => (console.log('holding'), new Promise(() => undefined))
      new Worker(${JSON.stringify(STAGE)}, hold, { connection, prefix: ${JSON.stringify(prefix)}, lockDuration: 600, stalledInterval: 300 })`
    const process_ = spawn(process.execPath, ['--input-type=module', '--eval', code], {
      cwd: join(import.meta.dirname, '..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(process_.stdout, 'data')
    const ended = once(process_, 'exit')
    process_.kill('SIGKILL')
    await ended
    return { process: process_, killedAt: performance.now() }
  }
})
