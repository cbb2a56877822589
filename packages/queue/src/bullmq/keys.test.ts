import { newId } from '@stageline/domain'
import { startTestRedis, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { encodeMessage, MESSAGE_OPTIONS } from '../message-data.ts'
import { rawBullmq, STAGE } from '../testing/raw-bullmq.ts'

/** A small message and its place in the waiting list, bytes. */
const MOST_BYTES_WAITING = 1_500

describe('BullMQ, of what it keeps in Redis', () => {
  let server: Awaited<ReturnType<typeof startTestRedis>>
  before(async () => void (server = await startTestRedis()))
  after(() => server[Symbol.asyncDispose]())

  it('a message is a hash named after its id, with its time, its data and, once done, the time of that', async () => {
    await using at = rawBullmq(server.url)
    const queue = at.queue()
    const key = `${at.prefix}:${STAGE}:one`
    const fields = () => at.open('worker').hmget(key, 'timestamp', 'finishedOn', 'data')
    await queue.add('x', { n: 1 }, { jobId: 'one', ...MESSAGE_OPTIONS })
    const [addedAt, unfinished, data] = await fields()

    at.work(async () => undefined)
    await waitFor(async () => (await queue.getJobState('one')) === 'completed')

    const [, finishedOn] = await fields()
    assert.ok(Math.abs(Number(addedAt) - Date.now()) < 60_000)
    assert.equal(unfinished, null)
    assert.equal(data, '{"n":1}')
    assert.ok(Number(finishedOn) >= Number(addedAt))
  })

  it('all keys of a queue begin with its prefix, so that one hash tag holds them', async () => {
    await using at = rawBullmq(server.url)
    const queue = at.queue()
    at.work(async ({ id }) => {
      if (id === 'bad') throw new Error('as told')
    })
    await queue.addBulk(['good', 'bad'].map((id) => ({ name: 'x', data: {}, opts: { jobId: id, ...MESSAGE_OPTIONS } })))
    await waitFor(async () => (await queue.getJobState('bad')) === 'failed')

    const keys = await at.open('worker').keys(`*${at.prefix.slice(1, -1)}*`)

    assert.ok(keys.length >= 5, keys.join())
    assert.deepEqual(
      keys.filter((key) => !key.startsWith(`${at.prefix}:${STAGE}`)),
      [],
    )
  })

  it('messages go out in the order of arrival; those with a priority after the others, the lowest number first', async () => {
    await using at = rawBullmq(server.url)
    const queue = at.queue()
    const ordered = [
      ['p2', 2],
      ['p1', 1],
      ['first', undefined],
      ['second', undefined],
    ] as const
    for (const [jobId, priority] of ordered)
      await queue.add('x', {}, { jobId, ...(priority === undefined ? {} : { priority }) })
    const seen: (string | undefined)[] = []

    at.work(async ({ id }) => void seen.push(id))

    await waitFor(() => seen.length === ordered.length)
    assert.deepEqual(seen, ['first', 'second', 'p1', 'p2'])
  })

  it('finished messages are kept by count', async () => {
    await using at = rawBullmq(server.url)
    const queue = at.queue()
    const opts = { removeOnComplete: { count: 5 } }
    await queue.addBulk(
      Array.from({ length: 12 }, (_, n) => ({ name: 'x', data: {}, opts: { jobId: `m-${n}`, ...opts } })),
    )
    let worked = 0

    at.work(async () => void (worked += 1))

    await waitFor(async () => worked === 12 && (await queue.getActiveCount()) === 0)
    assert.equal(await queue.getCompletedCount(), 5)
  })

  it('the stream of events stays bounded', async () => {
    await using at = rawBullmq(server.url)
    const queue = at.queue({ streams: { events: { maxLen: 100 } } })
    const meta = () => at.open('worker').hget(`${at.prefix}:${STAGE}:meta`, 'opts.maxLenEvents')
    await waitFor(async () => (await meta()) === '100', { message: 'the queue to have said its limit' })
    const rows = Array.from({ length: 1_000 }, (_, n) => ({ name: 'x', data: {}, opts: { jobId: `m-${n}` } }))

    await queue.addBulk(rows)

    const length = await at.open('worker').xlen(`${at.prefix}:${STAGE}:events`)
    assert.ok(length < 400, `${length} events`)
  })

  it('the stream of events of a queue that says nothing is bounded at 10,000', async () => {
    await using at = rawBullmq(server.url)
    await at.queue().add('x', {}, { jobId: 'one' })

    const limit = await at.open('worker').hget(`${at.prefix}:${STAGE}:meta`, 'opts.maxLenEvents')

    assert.equal(limit, '10000')
  })

  it('a waiting message of one step takes little memory', async () => {
    await using at = rawBullmq(server.url)
    const message = { id: newId(), stage: STAGE, tenantId: newId(), workflow: 'document', steps: [] }
    const rows = Array.from({ length: 500 }, () => ({
      name: 'extraction · document × 1',
      data: encodeMessage({ ...message, steps: [[newId(), STAGE, 1]] }),
      opts: { jobId: newId(), ...MESSAGE_OPTIONS },
    }))
    await at.queue().addBulk(rows)
    const redis = at.open('worker')

    const hash = await redis.memory('USAGE', `${at.prefix}:${STAGE}:${rows[0]!.opts.jobId}`)
    const list = await redis.memory('USAGE', `${at.prefix}:${STAGE}:wait`, 'SAMPLES', 0)

    const bytes = Number(hash) + Number(list) / rows.length
    assert.ok(bytes < MOST_BYTES_WAITING, `${bytes} bytes`)
  })
})
