import type { ReviewNotice } from '@stageline/engine/ports'
import { engineInMemory, MemoryReviewQueue } from '@stageline/engine/testing'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { dispatchDue } from './dispatch-due.ts'
import { mirrorReviews } from './mirror-reviews.ts'
import { repairLost } from './repair-lost.ts'
import { repeat } from './repeat.ts'
import { watchEpoch } from './watch-epoch.ts'

const ONE_STEP = { key: 'one', steps: [{ key: 'a', stage: 's' }] }
const later = (now: Date, ms: number) => new Date(now.getTime() + ms)

/** A job whose only step failed once and waits for its retry, beside one that is only queued. */
async function setup() {
  const engine = engineInMemory(ONE_STEP)
  const [retrying, bystander] = [await engine.submit(), await engine.submit()]
  const workflow = await engine.workflows.version('t', 'one', 1)
  const failure = { kind: 'transient' as const, code: 'x.down', message: 'down' }
  const startedAt = engine.store.now().toISOString()
  await engine.record({
    workflow,
    job: retrying,
    happening: { kind: 'failed', step: 'a', fence: 1, startedAt, failure, worker: 'w' },
  })
  return { engine, retrying, bystander }
}

describe('what is due', () => {
  it('goes on when its time has come, not before, and nothing else moves', async () => {
    const { engine, retrying, bystander } = await setup()
    const runOnce = dispatchDue(engine)

    const early = await runOnce()
    engine.store.setNow(later(engine.store.now(), 10_000))
    const onTime = await runOnce()

    assert.deepEqual([early.dispatched, onTime.dispatched], [0, 1])
    assert.equal((await engine.look(retrying)).steps['a']?.state, 'queued')
    assert.deepEqual(await engine.look(bystander), bystander)
  })

  it('is dispatched once by two orchestrators', async () => {
    const { engine } = await setup()
    engine.store.setNow(later(engine.store.now(), 10_000))

    const both = await Promise.all([dispatchDue(engine)(), dispatchDue(engine)()])

    assert.equal(
      both.reduce((sum, { dispatched }) => sum + dispatched, 0),
      1,
    )
  })
})

describe('what was lost', () => {
  it('is sent again under a new id, with the fence unchanged; what is there is left alone', async () => {
    const engine = engineInMemory(ONE_STEP)
    const lost = await engine.submit()
    engine.queue.flush()
    const there = await engine.submit()
    engine.store.setNow(later(engine.store.now(), 5_000))

    const { resent } = await repairLost({ engine, queue: engine.queue })()

    const now = await engine.look(lost)
    assert.equal(resent, 1)
    assert.notEqual(now.steps['a']?.message, lost.steps['a']?.message)
    assert.equal(now.steps['a']?.fence, lost.steps['a']?.fence)
    assert.equal(engine.queue.sent.at(-1)?.id, now.steps['a']?.message)
    assert.deepEqual((await engine.look(there)).steps, there.steps)
  })

  it('is looked for at once after a flush, and once only', async () => {
    const engine = engineInMemory(ONE_STEP)
    await engine.submit()
    const stages = { bundles: async () => new Map([['s', 1]]) }
    const runOnce = watchEpoch({ engine, queue: engine.queue, stages })
    await runOnce()

    engine.queue.flush()

    assert.equal((await runOnce()).rechecked, 1)
    assert.equal((await runOnce()).rechecked, 0)
    assert.equal((await repairLost({ engine, queue: engine.queue })()).resent, 1)
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
