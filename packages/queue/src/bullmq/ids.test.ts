import { startTestRedis, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { rawBullmq } from '../testing/raw-bullmq.ts'

const KEPT = { removeOnComplete: { count: 10 }, removeOnFail: { count: 10 } }

describe('BullMQ, of ids', () => {
  let server: Awaited<ReturnType<typeof startTestRedis>>
  before(async () => void (server = await startTestRedis()))
  after(() => server[Symbol.asyncDispose]())

  it('an id that waits is not added again: the add resolves, the data stay', async () => {
    await using at = rawBullmq(server.url)
    const queue = at.queue()
    await queue.add('x', { n: 1 }, { jobId: 'one' })

    const again = await queue.add('x', { n: 2 }, { jobId: 'one' })

    assert.equal(again.id, 'one')
    assert.equal(await queue.getWaitingCount(), 1)
    assert.deepEqual((await queue.getJob('one'))?.data, { n: 1 })
  })

  it('an id that is being worked, or is kept completed, is not run again', async () => {
    await using at = rawBullmq(server.url)
    const queue = at.queue()
    const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let runs = 0
    at.work(async () => {
      runs += 1
      begun.resolve()
      await end.promise
    })
    await queue.add('x', {}, { jobId: 'one', ...KEPT })
    await begun.promise

    await queue.add('x', {}, { jobId: 'one', ...KEPT })
    end.resolve()
    await waitFor(async () => (await queue.getJobState('one')) === 'completed')
    await queue.add('x', {}, { jobId: 'one', ...KEPT })
    await queue.add('x', {}, { jobId: 'bystander', ...KEPT })
    await waitFor(async () => (await queue.getJobState('bystander')) === 'completed')

    assert.equal(runs, 2, 'the first and the bystander')
  })

  it('a kept failed id swallows every later add; removed, it runs again', async () => {
    await using at = rawBullmq(server.url)
    const queue = at.queue()
    let runs = 0
    at.work(async () => {
      runs += 1
      throw new Error('as told')
    })
    await queue.add('x', {}, { jobId: 'one', attempts: 1, ...KEPT })
    await waitFor(async () => (await queue.getJobState('one')) === 'failed')

    await queue.add('x', {}, { jobId: 'one', attempts: 1, ...KEPT })
    const blocked = { state: await queue.getJobState('one'), runs }
    await queue.remove('one')
    await queue.add('x', {}, { jobId: 'one', attempts: 1, ...KEPT })

    await waitFor(() => runs === 2, { message: 'the removed id to run again' })
    assert.deepEqual(blocked, { state: 'failed', runs: 1 })
  })

  for (const [id, taken] of [
    ['019a1fb0-8228-7e19-a01c-5a86d8a6f3e1', true],
    ['task-019a1fb0-8228-7e19-a01c-5a86d8a6f3e1', true],
    ['with/slash and ünicode', true],
    ['three:parts:pass', true],
    ['two:parts', false],
    ['four:parts:do:not', false],
    ['12345', false],
    ['0', false],
  ] as const)
    it(`${taken ? 'takes' : 'refuses'} the id ${id}`, async () => {
      await using at = rawBullmq(server.url)
      const queue = at.queue()

      const added = await queue.add('x', {}, { jobId: id }).catch(() => undefined)

      assert.equal(added?.id, taken ? id : undefined)
    })

  it('an empty id becomes one of its own, silently', async () => {
    await using at = rawBullmq(server.url)

    const { id } = await at.queue().add('x', {}, { jobId: '' })

    assert.match(String(id), /^\d+$/)
  })

  it('a hash without its list entry is unknown, is not mended by an add, but by remove and add', async () => {
    await using at = rawBullmq(server.url)
    const queue = at.queue()
    await queue.add('x', {}, { jobId: 'orphan' })
    await at.open('worker').lrem(`${at.prefix}:extraction:wait`, 0, 'orphan')

    await queue.add('x', {}, { jobId: 'orphan' })
    const added = { state: await queue.getJobState('orphan'), waiting: await queue.getWaitingCount() }
    await queue.remove('orphan')
    await queue.add('x', {}, { jobId: 'orphan' })

    assert.deepEqual(added, { state: 'unknown', waiting: 0 })
    assert.equal(await queue.getJobState('orphan'), 'waiting')
  })
})
