import { TransientError } from '@stageline/domain'
import { engineInMemory } from '@stageline/engine/testing'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { dispatchDue } from './dispatch-due.ts'

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
