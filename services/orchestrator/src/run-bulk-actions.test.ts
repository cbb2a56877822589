import { newId, SystemError } from '@stageline/domain'
import { statesOfBulk } from '@stageline/engine'
import type { JobFilter } from '@stageline/engine/ports'
import { engineInMemory, MemoryBulkActions } from '@stageline/engine/testing'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runBulkActions } from './run-bulk-actions.ts'

const ONE_STEP = { key: 'one', steps: [{ key: 'a', stage: 's' }] }

async function setup(jobs: number) {
  const engine = engineInMemory(ONE_STEP)
  await Promise.all(Array.from({ length: jobs }, () => engine.submit()))
  const bulk = new MemoryBulkActions(engine.store)
  const troubles: string[] = []
  const pass = (ms: number) => engine.store.setNow(new Date(engine.store.now().getTime() + ms))
  /** `hold`: before it records, each time. */
  const orchestrator = (owner: string, hold: () => Promise<unknown> = async () => {}) => {
    const stopping = new AbortController()
    const runner = runBulkActions({
      queue: bulk,
      engine: {
        ...engine,
        record: async (change) => {
          await hold()
          return engine.record(change)
        },
      },
      observer: { trouble: (code) => void troubles.push(code) },
      owner,
      stopping: stopping.signal,
    })
    const work = async () => {
      while ((await runner.runOnce()).more);
      await runner.idle()
    }
    return { ...runner, work, stopping }
  }
  const begin = async (filter: JobFilter = {}) => {
    pass(10)
    const action = { id: newId(), kind: 'cancel', reason: null, actor: 'tester' } as const
    await bulk.actions.begin('t', { ...action, filter: { ...filter, state: statesOfBulk('cancel') } }, null)
    return async () => (await bulk.actions.get('t', action.id))!
  }
  return { engine, orchestrator, begin, pass, troubles }
}

describe('a bulk action', () => {
  it('is worked on by one of many orchestrators, to its end', async () => {
    const { engine, orchestrator, begin } = await setup(1_000)
    const look = await begin()

    await Promise.all(['a', 'b', 'c'].map((owner) => orchestrator(owner).work()))

    const { state, progress } = await look()
    assert.deepEqual([state, progress.done, engine.store.jobs('cancelled').length], ['completed', 1_000, 1_000])
  })

  it('goes on elsewhere when its orchestrator is stopped', async () => {
    const { engine, orchestrator, begin } = await setup(900)
    const look = await begin()
    const first = orchestrator('a', async () => {
      if (engine.store.jobs('cancelled').length >= 400) first.stopping.abort(new Error('stopping'))
    })

    await first.work()
    const between = await look()
    await orchestrator('b').work()

    const { state, progress } = await look()
    assert.ok(between.progress.done < 900)
    assert.deepEqual([between.state, state, progress.done, progress.skipped], ['waiting', 'completed', 900, 0])
  })

  it('is left alone by an orchestrator that fell silent while another took it', async () => {
    const { engine, orchestrator, begin, pass } = await setup(10)
    const look = await begin()
    const held = Promise.withResolvers<undefined>()
    const first = orchestrator('a', () => held.promise)
    await first.runOnce()
    while ((await look()).total < 10) await new Promise(setImmediate)
    pass(21_000)

    await orchestrator('b').work()
    held.resolve(undefined)
    await first.idle()

    const { state, progress } = await look()
    assert.deepEqual([state, progress.done, progress.skipped], ['completed', 10, 0])
    for (const { id } of engine.store.jobs())
      assert.equal(engine.store.history(id).filter(({ event }) => event === 'cancelled').length, 1)
  })

  it('tells an operator what keeps it from going on, and is tried again', async () => {
    const { orchestrator, begin, troubles, pass } = await setup(1)
    const look = await begin()
    let fails = true
    const failing = async () => {
      if (fails) throw new SystemError('store.unavailable', 'away')
    }

    await orchestrator('a', failing).work()
    const waiting = await look()
    fails = false
    pass(5_001)
    await orchestrator('a').work()

    assert.deepEqual(
      [waiting.state, waiting.error?.code, troubles],
      ['waiting', 'store.unavailable', ['orchestrator.run-bulk-actions']],
    )
    assert.deepEqual([(await look()).state, (await look()).error], ['completed', null])
  })
})
