import { TransientError } from '@stageline/domain'
import type { ReviewNotice } from '@stageline/engine/ports'
import { engineInMemory, MemoryReviewQueue } from '@stageline/engine/testing'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mirrorReviews } from './mirror-reviews.ts'
import { repairLost } from './repair-lost.ts'
import { repeat } from './repeat.ts'
import { watchEmpty } from './watch-empty.ts'
import { watchEpoch } from './watch-epoch.ts'
import { watchUnsent } from './watch-unsent.ts'

const ONE_STEP = { key: 'one', steps: [{ key: 'a', stage: 's' }] }
const stages = { bundles: async () => new Map([['s', 100]]) }
const later = (now: Date, ms: number) => new Date(now.getTime() + ms)

describe('what was lost', () => {
  it('is sent again under a new id, with the fence unchanged; what is there is left alone', async () => {
    const engine = engineInMemory(ONE_STEP)
    const lost = await engine.submit()
    engine.queue.flush()
    const there = await engine.submit()
    engine.store.setNow(later(engine.store.now(), 5_000))

    const { resent } = await repairLost({ engine, queue: engine.queue, stages })()

    const now = await engine.look(lost)
    assert.equal(resent, 1)
    assert.notEqual(now.steps['a']?.message, lost.steps['a']?.message)
    assert.equal(now.steps['a']?.fence, lost.steps['a']?.fence)
    assert.equal(engine.queue.sent.at(-1)?.id, now.steps['a']?.message)
    assert.deepEqual((await engine.look(there)).steps, there.steps)
  })

  it('travels in bundles again, the most urgent jobs first', async () => {
    const engine = engineInMemory(ONE_STEP)
    for (let i = 0; i < 250; i++) await engine.submit()
    const urgent = await engine.submit({ priority: 0.9 })
    engine.queue.flush()
    const before = engine.queue.sent.length
    engine.store.setNow(later(engine.store.now(), 5_000))

    const { resent } = await repairLost({ engine, queue: engine.queue, stages })()

    const messages = engine.queue.sent.slice(before)
    assert.equal(resent, 251)
    assert.deepEqual(
      messages.map(({ steps }) => steps.length),
      [100, 100, 51],
    )
    assert.equal(messages[0]!.steps[0]![0], urgent.id)
  })

  it('is sent again though the workflow of another job cannot be read here', async () => {
    const engine = engineInMemory(ONE_STEP)
    const [unreadable, lost] = [await engine.submit(), await engine.submit()]
    engine.queue.flush()
    engine.store.setNow(later(engine.store.now(), 2_000))
    const read = engine.store.read.bind(engine.store)
    engine.store.read = async (refs) =>
      (await read(refs)).map((job) => job && (job.id === unreadable.id ? { ...job, version: 99 } : job))

    const { resent } = await repairLost({ engine, queue: engine.queue, stages })()

    assert.equal(resent, 1)
    assert.notEqual((await engine.look(lost)).steps['a']!.message, lost.steps['a']!.message)
  })

  it('is sent once by three orchestrators at once', async () => {
    const engine = engineInMemory(ONE_STEP)
    for (let i = 0; i < 300; i++) await engine.submit()
    engine.queue.flush()
    const before = engine.queue.sent.length
    engine.store.setNow(later(engine.store.now(), 5_000))
    const repair = () => repairLost({ engine, queue: engine.queue, stages })()

    const resent = await Promise.all([repair(), repair(), repair()])

    const steps = engine.queue.sent.slice(before).flatMap((message) => message.steps.map(([jobId]) => jobId))
    assert.equal(
      resent.reduce((sum, one) => sum + one.resent, 0),
      300,
    )
    assert.equal(new Set(steps).size, steps.length)
  })

  it('waits in its row, untouched, while Redis takes nothing, and is sent with the first round after', async () => {
    const engine = engineInMemory(ONE_STEP)
    const job = await engine.submit()
    engine.queue.flush()
    engine.queue.isAway = true
    engine.store.setNow(later(engine.store.now(), 5_000))
    const due = await engine.look(job)
    const runOnce = repairLost({ engine, queue: engine.queue, stages })

    await assert.rejects(runOnce(), { code: 'queue.unavailable' })
    await assert.rejects(runOnce(), { code: 'queue.unavailable' })
    const untouched = await engine.look(job)
    engine.queue.isAway = false

    assert.deepEqual(untouched, due)
    assert.equal((await runOnce()).resent, 1)
  })

  it('of a queue that does not answer is due again in 5 s, and the other queues are repaired meanwhile', async () => {
    const engine = engineInMemory(ONE_STEP, { key: 'two', steps: [{ key: 'b', stage: 'deaf' }] })
    const heard = await engine.submit()
    const unheard = await engine.submit({ workflow: 'two' })
    engine.queue.flush()
    engine.store.setNow(later(engine.store.now(), 5_000))
    const away = () => Promise.reject(new TransientError('queue.unavailable', 'away'))
    const deaf = {
      ready: async () => undefined,
      missing: (messages: readonly { stage: string; id: string }[]) =>
        messages[0]!.stage === 'deaf' ? away() : engine.queue.missing(messages),
    }

    const during = await repairLost({ engine, queue: deaf, stages })()
    engine.store.setNow(later(engine.store.now(), 5_001))
    const after = await repairLost({ engine, queue: engine.queue, stages })()

    assert.deepEqual([during.resent, after.resent], [1, 1])
    assert.notEqual((await engine.look(heard)).revision, heard.revision)
    assert.notEqual((await engine.look(unheard)).revision, unheard.revision)
    assert.deepEqual(engine.observer.troubles, ['queue.unavailable'])
  })

  it('is looked for at once after a flush, and once only', async () => {
    const engine = engineInMemory(ONE_STEP)
    await engine.submit()
    const runOnce = watchEpoch({ engine, queue: engine.queue, stages })
    await runOnce()

    engine.queue.flush()

    assert.equal((await runOnce()).rechecked, 1)
    assert.equal((await runOnce()).rechecked, 0)
    assert.equal((await repairLost({ engine, queue: engine.queue, stages })()).resent, 1)
  })
})

it('the review queue is made equal to the open tasks in both directions', async () => {
  const review = new MemoryReviewQueue()
  const notice = (id: string): ReviewNotice => ({ id, tenantId: 't', jobId: 'j', cause: 'policy' })
  await review.announce([notice('settled'), notice('open')])
  const maintenance = { openTasks: async () => [notice('open'), notice('new')] }

  const { announced, withdrawn } = await mirrorReviews({ maintenance, review })()

  assert.deepEqual([announced, withdrawn], [1, 1])
  assert.deepEqual(
    (await review.announced()).toSorted((a, b) => a.localeCompare(b)),
    ['new', 'open'],
  )
})

it('work that fails is told and tried again; work that has more runs at once; stopped, it has ended after the run in hand', async () => {
  const troubles: string[] = []
  const third = Promise.withResolvers<void>()
  let runs = 0
  const stop = new AbortController()
  const loop = repeat({
    name: 'probe',
    everyMs: 1,
    stopping: stop.signal,
    observer: { trouble: (code) => void troubles.push(code) },
    runOnce: async () => {
      runs += 1
      if (runs === 1) throw new Error('once')
      if (runs === 3) third.resolve()
      return { more: runs === 2 }
    },
  })

  await third.promise
  stop.abort()
  await loop.ended
  const at = runs

  assert.deepEqual(troubles, ['orchestrator.probe'])
  assert.equal(loop.runs(), at)
  await new Promise(setImmediate)
  assert.equal(runs, at)
})

describe('a queue that stands empty while jobs are queued for it', () => {
  it('has its messages looked at closely, and only then', async () => {
    const engine = engineInMemory(ONE_STEP)
    const lost = await engine.submit()
    const repair = repairLost({ engine, queue: engine.queue, stages })
    for (const waitMs of [5_000, 10_000, 20_000]) {
      engine.store.setNow(later(engine.store.now(), waitMs))
      await repair()
    }
    const runOnce = watchEmpty({ engine, queue: engine.queue, stages })

    const before = await runOnce()
    engine.queue.take()
    const early = await repair()
    const after = await runOnce()

    assert.deepEqual([before.rechecked, early.resent, after.rechecked], [0, 0, 1])
    assert.equal((await repair()).resent, 1)
    assert.notEqual((await engine.look(lost)).revision, lost.revision)
  })
})

describe('a step that stays unsent', () => {
  it('is told after a minute and measured all along', async () => {
    const troubles: string[] = []
    let late = 0
    const maintenance = { oldestUnsentS: async () => late }
    const watch = watchUnsent({ maintenance, observer: { trouble: (code) => void troubles.push(code) } })

    await watch.runOnce()
    late = 59
    await watch.runOnce()
    const early = [...troubles]
    late = 61
    await watch.runOnce()

    assert.deepEqual([early, troubles, watch.seconds()], [[], ['repair.late'], 61])
  })
})
