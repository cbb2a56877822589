import { TransientError } from '@stageline/domain'
import type { ReviewNotice } from '@stageline/engine/ports'
import { engineInMemory, MemoryReviewQueue } from '@stageline/engine/testing'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { dispatchDue } from './dispatch-due.ts'
import { mirrorReviews } from './mirror-reviews.ts'
import { repairLost } from './repair-lost.ts'
import { repeat } from './repeat.ts'
import { watchEmpty } from './watch-empty.ts'
import { watchEpoch } from './watch-epoch.ts'
import { watchUnsent } from './watch-unsent.ts'

const ONE_STEP = { key: 'one', steps: [{ key: 'a', stage: 's' }] }
const stages = { bundles: async () => new Map([['s', 100]]) }
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

describe('a claim that ran out', () => {
  /** A claimed step, an orchestrator that has seen nothing yet, and a clock of its own. */
  async function claimed() {
    const engine = engineInMemory(ONE_STEP)
    const job = await engine.submit()
    const workflow = await engine.workflows.version('t', 'one', 1)
    const happening = { kind: 'claimed', step: 'a', fence: 1, leaseMs: 10_000, crashed: false, worker: 'w' } as const
    await engine.record({ workflow, job, happening })
    let elapsedMs = 0
    const pass = (ms: number) => {
      elapsedMs += ms
      engine.store.setNow(later(engine.store.now(), ms))
    }
    const renew = async () => {
      const held = await engine.look(job)
      const renewed = { kind: 'renewed', step: 'a', fence: 2, leaseMs: 10_000 } as const
      return engine.record({ workflow, job: held, happening: renewed })
    }
    const step = async () => (await engine.look(job)).steps['a']!
    return { engine, runOnce: dispatchDue(engine, () => elapsedMs), pass, renew, step }
  }

  it('is a crash of its worker where the database has answered all the while', async () => {
    const { runOnce, pass, step } = await claimed()
    await runOnce()
    pass(10_000)

    await runOnce()

    const { state, crashes } = await step()
    assert.deepEqual([state, crashes?.map(({ how }) => how)], ['queued', ['lease_expired']])
  })

  it('is spared for 5 s after an outage, in which its worker renews it', async () => {
    const { engine, runOnce, pass, renew, step } = await claimed()
    await runOnce()
    pass(5_000)
    const takeDue = engine.store.takeDue.bind(engine.store)
    engine.store.takeDue = () => Promise.reject(new TransientError('store.unavailable', 'away'))
    await assert.rejects(runOnce())
    engine.store.takeDue = takeDue
    pass(60_000)

    await runOnce()
    pass(4_000)
    await renew()
    pass(2_000)
    await runOnce()

    const { state, fence, crashes } = await step()
    assert.deepEqual([state, fence, crashes], ['processing', 2, undefined])
  })

  it('is given up 5 s after an outage whose end its worker did not see', async () => {
    const { runOnce, pass, step } = await claimed()
    pass(60_000)
    await runOnce()
    const spared = (await step()).state
    pass(6_000)

    await runOnce()

    assert.deepEqual([spared, (await step()).state], ['processing', 'queued'])
  })

  it('is given up in time though another row can never be advanced', async () => {
    const { engine, pass, step } = await claimed()
    const broken = await engine.submit()
    const workflow = await engine.workflows.version('t', 'one', 1)
    const failure = { kind: 'transient' as const, code: 'x.down', message: 'down' }
    const startedAt = engine.store.now().toISOString()
    const happening = { kind: 'failed', step: 'a', fence: 1, startedAt, failure, worker: 'w' } as const
    await engine.record({ workflow, job: broken, happening })
    const record: typeof engine.record = (change) =>
      change.job.id === broken.id ? Promise.reject(new RangeError('no such step')) : engine.record(change)
    let elapsedMs = 0
    const runOnce = dispatchDue({ ...engine, record }, () => elapsedMs)
    const round = (ms: number) => {
      elapsedMs += ms
      pass(ms)
      return runOnce().catch(() => undefined)
    }

    for (const ms of [0, 6_000, 4_000]) await round(ms)

    assert.equal((await step()).state, 'queued')
  })

  it('is spared after a round that hung, too', async () => {
    const { engine, runOnce, pass, step } = await claimed()
    await runOnce()
    pass(9_000)
    const takeDue = engine.store.takeDue.bind(engine.store)
    engine.store.takeDue = async (limit) => {
      const taken = await takeDue(limit)
      pass(6_000)
      return taken
    }
    await runOnce()
    engine.store.takeDue = takeDue

    await runOnce()

    assert.equal((await step()).state, 'processing')
  })
})

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
  it('has those jobs looked at closely, and only then', async () => {
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
