import { newId } from '@stageline/domain'
import type { Delivery, DeliveryEnd, Message } from '@stageline/engine/ports'
import { startTestRedis, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import {
  createQuarantineWatch,
  createReviewQueue,
  createStageConsumer,
  createStageHints,
  createStageQueue,
  openRedis,
  type RedisClient,
} from './index.ts'
import { keyPrefix } from './open-redis.ts'

const tenantId = newId()
const message = (steps = 1): Message => ({
  id: newId(),
  stage: 'extraction',
  tenantId,
  workflow: 'document',
  steps: Array.from({ length: steps }, () => [newId(), 'extraction', 1] as const),
})

describe('the transport', () => {
  let server: Awaited<ReturnType<typeof startTestRedis>>
  before(async () => void (server = await startTestRedis()))
  after(() => server[Symbol.asyncDispose]())

  function setup() {
    const stack = new AsyncDisposableStack()
    const prefix = `q${Math.random().toString(36).slice(2, 8)}`
    const open = (role: 'producer' | 'worker' | 'listener'): RedisClient => {
      const redis = openRedis(server.url, role, 'test', () => undefined)
      stack.defer(() => redis.disconnect())
      return redis
    }
    const redis = open('producer')
    const onError = () => undefined
    const queue = stack.use(createStageQueue({ redis, prefix, onError }))
    const review = stack.use(createReviewQueue({ redis, prefix, onError }))
    const hints = createStageHints({ redis, openListener: () => open('listener'), prefix, onError })
    const consume = (execute: (delivery: Delivery) => Promise<DeliveryEnd>) => {
      const malformed: (string | undefined)[] = []
      const consumer = createStageConsumer({
        stage: 'extraction',
        redis: open('worker'),
        prefix,
        concurrency: 4,
        lockMs: 10_000,
        name: 'w',
        execute,
        onError,
        onMalformed: (id) => malformed.push(id),
      })
      consumer.start()
      stack.defer(async () => void (await consumer.close(2_000)))
      return { consumer, malformed }
    }
    const key = (id: string) => `${keyPrefix(prefix, 'extraction')}:extraction:${id}`
    const ready = redis.status === 'ready' ? Promise.resolve() : once(redis, 'ready')
    return {
      hints,
      prefix,
      redis,
      queue,
      review,
      consume,
      key,
      ready,
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  }

  it('hands a worker what was sent, steps in order and not redelivered', async () => {
    await using at = setup()
    await at.ready
    const sent = message(3)
    const got = Promise.withResolvers<Delivery>()
    at.consume(async (delivery) => {
      got.resolve(delivery)
      return { steps: 3, failed: 0, codes: [] }
    })

    await at.queue.send([sent])

    assert.deepEqual(await got.promise, { message: sent, redelivered: false })
  })

  it('hints reach whoever listens to the stage, and go on after the listener was cut off', async () => {
    await using at = setup()
    await at.ready
    const heard: (string | undefined)[] = []
    using _ = at.hints.listen('extraction', (jobId) => void heard.push(jobId))
    const hear = async (jobId?: string) => {
      const before = heard.length
      const isHeard = () => {
        at.hints.tell('scoring', 'not-ours')
        at.hints.tell('extraction', jobId)
        return heard.slice(before).includes(jobId)
      }
      await waitFor(isHeard, { message: `the hint ${jobId ?? 'of the stage'}` })
    }
    await hear('job-1')
    await hear()

    await at.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub')

    await hear('job-2')
    assert.ok(!heard.includes('not-ours'))
  })

  it('says what a message carries, also when it is done, and nothing of what is not ours', async () => {
    await using at = setup()
    await at.ready
    const sent = message(2)
    const done = message()
    await at.queue.send([sent, done])
    const foreign = newId()
    await at.redis.hset(at.key(foreign), 'data', '{"steps":"all"}')
    await at.redis.hset(at.key(done.id), 'finishedOn', '1')

    const carried = await Promise.all(
      [sent.id, done.id, foreign, newId(), 'wait'].map((id) => at.queue.stepsOf('extraction', id)),
    )

    assert.deepEqual(carried, [sent, done, undefined, undefined, undefined])
  })

  it('shows failed steps in counts and codes, and nothing else of them', async () => {
    await using at = setup()
    await at.ready
    const sent = message(37)
    at.consume(async () => ({ steps: 37, failed: 3, codes: ['extraction.unreadable_document'] }))

    await at.queue.send([sent])

    await until(async () => (await at.queue.missing([sent], false)).has(sent.id))
    const kept = await at.queue.queueOf('extraction').getJob(sent.id)
    assert.equal(kept?.name, 'extraction · document × 37')
    assert.equal(kept?.failedReason, '3 of 37 failed: extraction.unreadable_document')
    assert.deepEqual(kept?.stacktrace, [])
  })

  it('puts a message that is held back to where it was, first in its line, and it counts as nothing', async () => {
    await using at = setup()
    await at.ready
    const [first, second] = [message(), message()]
    const got: string[] = []
    const { consumer } = at.consume(async ({ message: { id }, redelivered }) => {
      assert.equal(redelivered, false)
      got.push(id)
      if (got.length > 1) return { steps: 1, failed: 0, codes: [] }
      await consumer.pause()
      await at.queue.send([second])
      return 'held'
    })
    await at.queue.send([first])
    await until(async () => (await at.queue.queueOf('extraction').getJobCountByTypes('waiting')) === 2)

    consumer.resume()

    await until(() => got.length === 3)
    assert.deepEqual(got, [first.id, first.id, second.id])
    await until(async () => (await at.queue.missing([first], false)).has(first.id))
    assert.equal((await at.queue.queueOf('extraction').getJob(first.id))?.attemptsMade, 1)
  })

  it('counts what does not parse and changes nothing', async () => {
    await using at = setup()
    await at.ready
    const { malformed } = at.consume(async () => assert.fail('nothing to execute'))

    await at.queue.queueOf('extraction').add('forged', { tenant: 'x', steps: 'all' }, { jobId: newId() })

    await until(() => malformed.length === 1)
  })

  it('finds what is absent or finished, and by a close look what is in no list', async () => {
    await using at = setup()
    await at.ready
    const [waiting, orphan, absent] = [message(), message(), message()]
    await at.queue.send([waiting, orphan])
    await at.redis.lrem(`${keyPrefix(at.prefix, 'extraction')}:extraction:wait`, 0, orphan.id)

    const light = await at.queue.missing([waiting, orphan, absent], false)
    const close = await at.queue.missing([waiting, orphan, absent], true)

    assert.deepEqual([...light], [absent.id])
    assert.deepEqual([...close].toSorted(), [orphan.id, absent.id].toSorted())
    assert.equal(await at.redis.exists(at.key(orphan.id)), 0)
    assert.equal(await at.redis.exists(at.key(waiting.id)), 1)
  })

  it('walks no deep queue from end to end for each message that it looks at closely', async () => {
    await using at = setup()
    await at.ready
    const waiting = Array.from({ length: 20_000 }, () => message())
    for (let i = 0; i < waiting.length; i += 1_000) await at.queue.send(waiting.slice(i, i + 1_000))
    const walks = async () => {
      const [, calls = '0'] = /cmdstat_lpos:calls=(\d+)/.exec(await at.redis.info('commandstats')) ?? []
      return Number(calls)
    }
    const before = await walks()

    const close = await at.queue.missing(waiting.slice(0, 5_000), true)

    assert.equal(close.size, 0)
    assert.ok((await walks()) - before <= 150, `${(await walks()) - before} walks`)
    assert.ok((await walks()) > before)
  })

  it('keeps the epoch of a queue until its data are gone, and no other with it', async () => {
    await using at = setup()
    await at.ready
    const stages = ['extraction', 'scoring']
    const first = await at.queue.epochs(stages)
    const second = await at.queue.epochs(stages)

    await at.redis.del(`${keyPrefix(at.prefix, 'extraction')}:epoch`)

    const third = await at.queue.epochs(stages)
    assert.deepEqual(second, first)
    assert.notEqual(third.get('extraction'), first.get('extraction'))
    assert.equal(third.get('scoring'), first.get('scoring'))
  })

  it('keeps the list of open reviews: announced twice is listed once, withdrawn is gone', async () => {
    await using at = setup()
    await at.ready
    const [one, two] = [newId(), newId()]
    const notice = (id: string) => ({ id, tenantId, jobId: newId(), cause: 'policy' })

    await at.review.announce([notice(one), notice(two)])
    await at.review.announce([notice(one)])
    await at.review.withdraw([two, newId()])

    assert.deepEqual(await at.review.announced(), [one])
  })

  it('counts what a worker would get now: nothing of a queue that is paused or rate limited', async () => {
    await using at = setup()
    await at.ready
    await at.queue.send([message(), message()])
    const bullQueue = at.queue.queueOf('extraction')

    const open = await at.queue.fetchable('extraction')
    await bullQueue.pause()
    const paused = await at.queue.fetchable('extraction')
    await bullQueue.resume()
    await bullQueue.rateLimit(10_000)
    const limited = await at.queue.fetchable('extraction')

    assert.deepEqual([open, paused, limited], [2, 0, 0])
  })

  it('closing waits for what is in hand, no longer than its limit, and says what is left', async () => {
    await using at = setup()
    await at.ready
    const { promise: isOver, resolve: end } = Promise.withResolvers<void>()
    const { consumer } = at.consume(async () => {
      await isOver
      return { steps: 1, failed: 0, codes: [] }
    })
    const before = consumer.lastFetchedAt()
    await at.queue.send([message()])
    await until(() => consumer.lastFetchedAt() > before)

    const left = await consumer.close(50)
    end()

    assert.equal(left, 1)
  })

  it('says whether a quarantine has work, waiting or in hand, and gives the turn to one at a time', async () => {
    await using at = setup()
    await at.ready
    const watchOf = (owner: string) =>
      createQuarantineWatch({ redis: at.redis, prefix: at.prefix, queue: 'extraction', owner })
    const [one, two] = [watchOf('one'), watchOf('two')]
    const inHand = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()
    const before = await one.hasWork()
    await at.queue.send([message()])
    const waiting = await one.hasWork()
    at.consume(async () => (inHand.resolve(), await gate.promise, { steps: 1, failed: 0, codes: [] }))
    await inHand.promise
    const worked = await one.hasWork()
    gate.resolve()

    const turns = [await one.takeTurn(), await two.takeTurn(), await one.takeTurn()]
    await two.leaveTurn()
    turns.push(await two.takeTurn())
    await one.leaveTurn()
    turns.push(await two.takeTurn())

    assert.deepEqual([before, waiting, worked], [false, true, true])
    await until(async () => !(await one.hasWork()))
    assert.deepEqual(turns, [true, false, true, false, true])
  })

  it('paused, it takes nothing; resumed, it goes on', async () => {
    await using at = setup()
    await at.ready
    let worked = 0
    const { consumer } = at.consume(async () => ({ steps: (worked += 1), failed: 0, codes: [] }))
    await consumer.pause()
    const sent = message()
    await at.queue.send([sent])
    assert.equal(consumer.isPaused(), true)
    assert.equal((await at.queue.missing([sent], true)).size, 0)
    const before = worked

    consumer.resume()

    await until(() => worked === before + 1)
  })
})

it('sending to a Redis that does not answer ends within its limit', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const redis = openRedis(
    `redis://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    'producer',
    'test',
    () => undefined,
  )
  await using queue = createStageQueue({ redis, prefix: 'down', onError: () => undefined })
  const started = performance.now()

  await assert.rejects(queue.send([message()]), { code: 'queue.unavailable' })

  assert.ok(performance.now() - started < 5_000)
  redis.disconnect()
  silent.close()
})

it('Bull Board is read-only', async () => {
  await using server = await startTestRedis()
  const { default: express } = await import('express')
  const { createBoard } = await import('./index.ts')
  const redis = openRedis(server.url, 'producer', 'test', () => undefined)
  await once(redis, 'ready')
  await using queue = createStageQueue({ redis, prefix: 'b', onError: () => undefined })
  await using review = createReviewQueue({ redis, prefix: 'b', onError: () => undefined })
  const board = createBoard({ queueOf: queue.queueOf, review: review.queue, basePath: '/queues' })
  board.show(['extraction'])
  const sent = message()
  await queue.send([sent])
  const http = express().use('/queues', board.router).listen(0, '127.0.0.1')
  using _closing = { [Symbol.dispose]: () => (http.close(), http.closeAllConnections(), redis.disconnect()) }
  await once(http, 'listening')
  const base = `http://127.0.0.1:${(http.address() as AddressInfo).port}/queues`

  const page = await fetch(base)
  const list = (await (await fetch(`${base}/api/queues`)).json()) as {
    queues: { name: string; readOnlyMode: boolean }[]
  }
  const emptied = await fetch(`${base}/api/queues/extraction/empty`, { method: 'PUT' })

  assert.equal(page.status, 200)
  assert.deepEqual(Object.fromEntries(list.queues.map(({ name, readOnlyMode }) => [name, readOnlyMode])), {
    extraction: true,
    'manual-review': true,
  })
  assert.equal(emptied.status, 405)
  assert.equal((await queue.queueOf('extraction').getJobCounts())['waiting'], 1)
})

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!(await condition())) {
    assert.ok(performance.now() < deadline, 'the condition did not come true within 10 s')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
