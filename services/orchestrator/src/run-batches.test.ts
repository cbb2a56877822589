import { DataError, newId, SystemError, TransientError } from '@stageline/domain'
import { planJobs, submitJobs } from '@stageline/engine'
import type { NewRun, SourceItem, TakenRun } from '@stageline/engine/ports'
import { engineInMemory, MemoryBatchRuns } from '@stageline/engine/testing'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runBatches } from './run-batches.ts'

const ONE_STEP = { key: 'one', steps: [{ key: 'a', stage: 's' }] }

const newRun = (about: Partial<NewRun> = {}): NewRun => ({
  id: newId(),
  name: null,
  source: 'parts',
  origin: { kind: 'upload', key: 'x' },
  columns: { keyColumn: 'id' },
  request: { workflow: 'one', limit: null, filter: {}, force: null, onlyNew: false, dryRun: false },
  preview: false,
  actor: 'tester',
  ...about,
})

/** Orchestrators over one record; each source gives what the test says, in the order in which they are opened. */
function setup(...sources: (() => AsyncIterable<SourceItem>)[]) {
  const engine = engineInMemory(ONE_STEP)
  const record = new MemoryBatchRuns()
  const troubles: string[] = []
  const orchestrator = (owner: string) => {
    const stopping = new AbortController()
    const runner = runBatches({
      queue: record,
      open: () => ({ read: sources.shift() ?? numbered(0) }),
      submit: (requests) => submitJobs(requests, engine),
      plan: planJobs(engine),
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
  const begin = async (about?: Partial<NewRun>) => {
    const run = newRun(about)
    await record.runs.begin('t', run, null)
    return { id: run.id, look: async () => (await record.runs.get('t', run.id))! }
  }
  return { engine, record, orchestrator, begin, troubles }
}

const numbered = (count: number, end?: () => unknown) =>
  async function* (): AsyncGenerator<SourceItem> {
    for (let i = 1; i <= count; i++) yield { position: String(i), record: { id: `p${i}` }, mark: null }
    const error = await end?.()
    if (error !== undefined) throw error
  }

describe('a run', () => {
  it('is worked on by one of many orchestrators, to its end', async () => {
    const { engine, orchestrator, begin } = setup(numbered(250))
    const run = await begin()

    await Promise.all(['a', 'b', 'c'].map((owner) => orchestrator(owner).work()))

    const { state, progress } = await run.look()
    assert.deepEqual([state, progress.submitted, engine.store.jobs().length], ['completed', 250, 250])
  })

  it('fails at once where somebody must mend the source, and says what', async () => {
    const { orchestrator, begin } = setup(numbered(3, () => new DataError('source.file_missing', 'There is no file')))
    const run = await begin()

    await orchestrator('a').work()

    const { state, error } = await run.look()
    assert.deepEqual([state, error], ['failed', { code: 'source.file_missing', message: 'There is no file' }])
  })

  it('is tried again later, longer each time, and fails when that does not help', async () => {
    const away = () => numbered(0, () => new TransientError('source.unavailable', 'away'))
    const { orchestrator, begin, record } = setup(...Array.from({ length: 8 }, away))
    const run = await begin()
    const waits: number[] = []

    for (let i = 0; i < 8; i++) {
      await orchestrator('a').work()
      const { nextTryAt } = await run.look()
      const waitMs = nextTryAt === null ? 0 : Date.parse(nextTryAt) - record.nowMs
      waits.push(waitMs / 1_000)
      record.nowMs += waitMs
    }

    assert.deepEqual(waits, [5, 10, 20, 40, 80, 160, 320, 0])
    assert.equal((await run.look()).state, 'failed')
  })

  it('tells an operator where a source lets it not in', async () => {
    const { orchestrator, begin, troubles } = setup(numbered(0, () => new SystemError('outbound.unauthorized', 'no')))
    await begin()

    await orchestrator('a').work()

    assert.deepEqual(troubles, ['orchestrator.run-batches'])
  })

  it('goes on elsewhere when its orchestrator is stopped, and nothing is doubled', async () => {
    const held = Promise.withResolvers<undefined>()
    const { engine, orchestrator, begin } = setup(
      numbered(450, () => held.promise),
      numbered(450),
    )
    const run = await begin()
    const first = orchestrator('a')
    await first.runOnce()
    while ((await run.look()).progress.submitted < 400) await new Promise(setImmediate)

    first.stopping.abort(new Error('stopping'))
    held.resolve(undefined)
    await first.idle()
    const between = (await run.look()).state
    await orchestrator('b').work()

    const { state, progress } = await run.look()
    assert.deepEqual([between, state, progress.submitted], ['waiting', 'completed', 450])
    assert.equal(engine.store.jobs().length, 450)
  })

  it('is left alone by an orchestrator that fell silent while another took it', async () => {
    const held = Promise.withResolvers<undefined>()
    const { engine, orchestrator, begin, record } = setup(
      numbered(210, () => held.promise),
      numbered(210),
    )
    const run = await begin()
    const first = orchestrator('a')
    await first.runOnce()
    while ((await run.look()).progress.submitted < 200) await new Promise(setImmediate)
    record.nowMs += 21_000

    await orchestrator('b').work()
    held.resolve(undefined)
    await first.idle()

    const { state, progress } = await run.look()
    assert.deepEqual([state, progress.submitted, engine.store.jobs().length], ['completed', 210, 210])
  })

  it('ends where it is stopped, and keeps what it has submitted', async () => {
    const held = Promise.withResolvers<undefined>()
    const { orchestrator, begin, record } = setup(numbered(210, () => held.promise))
    const run = await begin()
    const first = orchestrator('a')
    await first.runOnce()
    while ((await run.look()).progress.submitted < 200) await new Promise(setImmediate)

    await record.runs.stop('t', run.id)
    held.resolve(undefined)
    await first.idle()

    const { state, progress } = await run.look()
    assert.deepEqual([state, progress.submitted], ['stopped', 200])
  })

  it('does not keep somebody waiting who only wants a preview', async () => {
    const held = Promise.withResolvers<undefined>()
    const { orchestrator, begin } = setup(
      numbered(0, () => held.promise),
      numbered(0, () => held.promise),
      numbered(3),
    )
    await begin()
    await begin()
    const busy = orchestrator('a')
    await busy.runOnce()
    await busy.runOnce()
    const third = await begin()
    const request: TakenRun['request'] = { ...newRun().request, dryRun: true }

    const preview = await begin({ preview: true, request })
    await busy.runOnce()
    while ((await preview.look()).state !== 'completed') await new Promise(setImmediate)
    held.resolve(undefined)
    await busy.idle()

    assert.deepEqual([(await preview.look()).progress.submitted, (await third.look()).state], [3, 'waiting'])
  })
})
