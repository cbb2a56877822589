import { startTestRedis, waitFor } from '@stageline/testkit'
import { RateLimitError } from 'bullmq'
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { rawBullmq } from '../testing/raw-bullmq.ts'

const several = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ name: 'x', data: {}, opts: { jobId: `m-${n}` } }))

describe('BullMQ, of limits', () => {
  let server: Awaited<ReturnType<typeof startTestRedis>>
  before(async () => void (server = await startTestRedis()))
  after(() => server[Symbol.asyncDispose]())

  it('worker.pause holds this worker only, but for the one message that it may be fetching; resume lets it go on', async () => {
    await using at = rawBullmq(server.url)
    const queue = at.queue()
    const worked: string[] = []
    const [one, other] = ['one', 'other'].map((name) => at.work(async ({ id }) => void worked.push(`${name} ${id}`)))
    await Promise.all([one!.waitUntilReady(), other!.waitUntilReady()])
    await one!.pause(true)

    await queue.addBulk(several(10))
    await waitFor(() => worked.length === 10)
    await other!.close()
    const byOneWhilePaused = worked.filter((said) => said.startsWith('one')).length
    void one!.resume()
    await queue.add('x', {}, { jobId: 'last' })

    await waitFor(() => worked.includes('one last'), { message: 'the resumed worker to take one' })
    assert.ok(byOneWhilePaused <= 1, `${byOneWhilePaused} messages`)
  })

  it('a limiter holds over all workers of a queue', async () => {
    await using at = rawBullmq(server.url)
    const queue = at.queue()
    const limiter = { max: 5, duration: 500 }
    const began: number[] = []
    const note = async () => void began.push(performance.now())
    const workers = [1, 2].map(() => at.work(note, { limiter, concurrency: 10 }))
    await Promise.all(workers.map((worker) => worker.waitUntilReady()))

    await queue.addBulk(several(15))

    await waitFor(() => began.length === 15, { timeoutMs: 10_000 })
    const ms = began.at(-1)! - began[0]!
    assert.ok(ms > 900, `15 at 5 in 500 ms took ${ms} ms`)
  })

  it('a rate limit thrown by a processor puts its message back without an attempt and holds the whole queue', async () => {
    await using at = rawBullmq(server.url)
    const queue = at.queue()
    const runs: { at: number; attemptsMade: number }[] = []
    at.work(async ({ attemptsMade }) => {
      runs.push({ at: performance.now(), attemptsMade })
      if (runs.length > 1) return
      await queue.rateLimit(600)
      throw new RateLimitError()
    })

    await queue.add('x', {}, { jobId: 'one', attempts: 1 })
    await waitFor(() => runs.length === 1)
    await waitFor(async () => (await queue.getJobState('one')) === 'waiting')

    await waitFor(() => runs.length === 2)
    assert.equal(runs[1]!.attemptsMade, 0)
    assert.ok(runs[1]!.at - runs[0]!.at > 500, `${runs[1]!.at - runs[0]!.at} ms`)
  })

  it('a global concurrency holds over all workers of a queue', async () => {
    await using at = rawBullmq(server.url)
    const queue = at.queue()
    await queue.setGlobalConcurrency(3)
    let [now, most, done] = [0, 0, 0]
    const work = async () => {
      now += 1
      most = Math.max(most, now)
      await delay(20)
      now -= 1
      done += 1
    }
    for (const _ of [1, 2]) at.work(work, { concurrency: 10 })

    await queue.addBulk(several(20))

    await waitFor(() => done === 20, { timeoutMs: 10_000 })
    assert.equal(most, 3)
  })
})
