import { engineInMemory } from '@stageline/engine/testing'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { keepQuarantine } from './keep-quarantine.ts'
import type { QuarantineChild, QuarantineEnd } from './quarantine-child.ts'

/** A quarantine whose work, turn and children are what the test says. */
function setup() {
  const engine = engineInMemory({ key: 'flow', steps: [{ key: 'a', stage: 'x' }] })
  const world = { work: true, turn: true, paused: false, now: 0, left: 0 }
  const children: { end: (end?: Partial<QuarantineEnd>) => Promise<void>; stops: number }[] = []
  const fork = (): QuarantineChild => {
    const ended = Promise.withResolvers<QuarantineEnd>()
    const end = async (how: Partial<QuarantineEnd> = {}) => {
      ended.resolve({ how: 'SIGKILL', held: undefined, wasAsked: false, hasWorked: false, ...how })
      for (let i = 0; i < 20; i += 1) await new Promise(setImmediate)
    }
    const one = { end, stops: 0 }
    children.push(one)
    const stop = async () => {
      one.stops += 1
      await end({ wasAsked: true, how: 'exit 0' })
    }
    return { ended: ended.promise, stop }
  }
  const keeper = keepQuarantine({
    watch: {
      hasWork: async () => world.work,
      takeTurn: async () => world.turn,
      leaveTurn: async () => void (world.left += 1),
    },
    fork,
    engine,
    isPaused: () => world.paused,
    reporter: 'keeper',
    stopWithinMs: 1_000,
    now: () => world.now,
  })
  const lookAt = async (now: number) => {
    world.now = now
    await keeper.runOnce()
    return children.length
  }
  return { engine, world, children, keeper, lookAt }
}

/** A job whose only step was claimed under a fence that one more than was delivered. */
async function claimed({ engine }: ReturnType<typeof setup>) {
  const job = await engine.submit()
  const workflow = await engine.workflows.version('t', 'flow', 1)
  const { fence } = job.steps['a']!
  await engine.record({
    workflow,
    job,
    happening: { kind: 'claimed', step: 'a', fence, leaseMs: 9, crashed: false, worker: 'child' },
  })
  return { job, held: { ref: { tenantId: 't', jobId: job.id, step: 'a', fence }, worker: 'child' } }
}

describe('the keeper of a quarantine', () => {
  it('starts a child when there is work, nobody else has the turn and the stage is not paused', async () => {
    const { world, lookAt } = setup()

    const without = [
      await lookAt(((world.work = false), 0)),
      await lookAt(((world.work = true), (world.turn = false), 1)),
      await lookAt(((world.turn = true), (world.paused = true), 2)),
    ]

    assert.deepEqual(without, [0, 0, 0])
    assert.equal(await lookAt(((world.paused = false), 3)), 1)
    assert.equal(await lookAt(4), 1)
  })

  it('ends a child that has had nothing to do for a while, leaves the turn, and says nothing of it', async () => {
    const { engine, world, children, lookAt } = setup()
    await lookAt(0)
    world.work = false

    await lookAt(4_000)
    const early = children[0]!.stops
    await lookAt(6_000)

    assert.deepEqual([early, children[0]!.stops, world.left], [0, 1, 1])
    assert.deepEqual(engine.observer.troubles, [])
  })

  it('starts one that crashed again after 1 s, 2, 4, and 1 again when a step ended in order', async () => {
    const { children, lookAt } = setup()
    const waits = []
    let now = 0
    for (const hasWorked of [false, false, false, true, false]) {
      const count = await lookAt(now)
      await children.at(-1)!.end({ hasWorked })
      const since = now
      while ((await lookAt(now)) === count) now += 500
      waits.push(now - since)
    }

    assert.deepEqual(waits, [1_000, 2_000, 4_000, 1_000, 2_000])
  })

  it('records at once with which step in hand the child went down, and how', async () => {
    const at = setup()
    const { job, held } = await claimed(at)
    await at.lookAt(0)

    await at.children[0]!.end({ how: 'SIGABRT', held })

    const step = (await at.engine.look(job)).steps['a']!
    assert.equal(step.state, 'queued')
    assert.deepEqual(
      step.crashes?.map(({ how, worker }) => [how, worker]),
      [['SIGABRT', 'child']],
    )
    assert.deepEqual(at.engine.store.history(job.id).at(-1)!.actor, 'keeper')
  })

  it('blames no step for an end that was asked for', async () => {
    const at = setup()
    const { job, held } = await claimed(at)
    await at.lookAt(0)

    await at.children[0]!.end({ how: 'SIGKILL', held, wasAsked: true })

    assert.equal((await at.engine.look(job)).steps['a']!.crashes, undefined)
  })

  it('starts nothing once it is stopped', async () => {
    const { children, keeper, lookAt } = setup()
    await lookAt(0)

    await keeper.stop(10)

    assert.equal(children[0]!.stops, 1)
    assert.equal(await lookAt(60_000), 1)
  })
})
