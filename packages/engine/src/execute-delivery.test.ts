import type { Schema } from '@stageline/domain'
import { DataError, modelTrustOf, RateLimited, SystemError } from '@stageline/domain'
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Claims } from './claims.ts'
import { executeDelivery } from './execute-delivery.ts'
import type { ExecutorDeps } from './execute-step.ts'
import { HandlersAtWork } from './handlers-at-work.ts'
import type { StageDefinition } from './stage.ts'
import { StageGate } from './stage-gate.ts'
import { engineInMemory, memoryBlobs, MemoryStageRows } from './testing/index.ts'

const FLOW = { key: 'flow', steps: [{ key: 'a', stage: 'alpha' }] }
const anything = { safeParse: (data: unknown) => ({ success: true, data }) } as unknown as Schema<unknown>
const quiet = () => undefined

/** Three jobs whose steps share a message, and a gate over a row that the test may change. */
async function setup(t: { after: (done: () => void) => void }, stage: Partial<StageDefinition> = {}) {
  const engine = engineInMemory(FLOW)
  const rows = new MemoryStageRows()
  const jobs = [await engine.submit(), await engine.submit(), await engine.submit()]
  const shutdown = new AbortController()
  const claims = new Claims({ record: engine.record, store: engine.store, worker: 'w' })
  const tried: string[] = []
  let handle: (jobId: string) => unknown = () => ({})
  const gate = new StageGate({
    stage: 'alpha',
    workerId: 'w',
    registry: rows,
    observer: engine.observer,
    tellOthers: quiet,
    onChange: quiet,
    breaker: { baseMs: 5_000, maxMs: 60_000 },
    monotonicMs: () => rows.nowMs,
  })
  t.after(() => {
    claims[Symbol.dispose]()
    gate[Symbol.dispose]()
  })
  const deps: ExecutorDeps = {
    stage: {
      name: 'alpha',
      input: anything,
      output: anything,
      handle: (_input, { jobId }) => {
        tried.push(jobId)
        return handle(jobId)
      },
      ...stage,
    },
    store: engine.store,
    load: async (ref) => (await engine.store.load([ref]))[0],
    workflows: engine.workflows,
    record: engine.record,
    claims,
    handlers: new HandlersAtWork({ graceMs: 1_000, shutdown: shutdown.signal, onStraggler: quiet }),
    timeoutMs: 1_000,
    gate,
    observer: engine.observer,
    shutdown: shutdown.signal,
    workerId: 'w',
    retry: {},
    tools: () => ({
      blobs: memoryBlobs(),
      catalog: { find: async () => [] },
      firstSeen: { claim: async (_scope, jobId) => ({ jobId, at: new Date(0), isThisJob: true }) },
      modelTrust: async () => modelTrustOf([]),
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    }),
  }
  const steps = jobs.map(({ id }) => [id, 'a', 1] as const)
  const message = { id: jobs[0]!.steps['a']!.message!, stage: 'alpha', tenantId: 't', workflow: 'flow', steps }
  /** The breaker is half open, and this worker may try a step. */
  const mayProbe = async () => {
    const down = { workerId: 'other', code: 'x.down', reason: 'It is down' }
    await rows.openBreaker('alpha', { baseMs: 5_000, maxMs: 60_000, ...down })
    rows.nowMs += 5_000
    await gate.look()
  }
  return {
    ...engine,
    rows,
    jobs,
    gate,
    message,
    tried,
    mayProbe,
    run: (bent: Partial<ExecutorDeps> = {}) => executeDelivery({ message, redelivered: false }, { ...deps, ...bent }),
    handler: (does: (jobId: string) => unknown) => void (handle = does),
    states: async () => Promise.all(jobs.map(async (job) => (await engine.look(job)).steps['a']!.state)),
  }
}

const down = () => {
  throw new SystemError('x.down', 'It is down')
}

suite('a message', () => {
  test('that arrives while its stage is held goes back, and nothing of it is tried or written', async (t) => {
    const one = await setup(t)
    one.rows.row('alpha').paused = true
    await one.gate.look()

    assert.equal(await one.run(), 'held')

    assert.deepEqual([one.tried, await one.states()], [[], ['queued', 'queued', 'queued']])
    assert.deepEqual(
      await Promise.all(one.jobs.map(async (job) => (await one.look(job)).revision)),
      one.jobs.map(({ revision }) => revision),
    )
  })

  test('whose steps find the stage down opens the breaker, and the next goes back', async (t) => {
    const one = await setup(t)
    one.handler(down)

    const first = await one.run()

    assert.deepEqual(first, { steps: 3, failed: 0, codes: ['x.down'] })
    assert.deepEqual([await one.states(), one.rows.row('alpha').breaker], [['waiting', 'waiting', 'waiting'], 'open'])
    assert.equal(await one.run(), 'held')
  })
})

suite('a probe', () => {
  test('that fails tries one step of its message and leaves the rest as it was', async (t) => {
    const one = await setup(t)
    await one.mayProbe()
    one.handler(down)

    assert.equal(await one.run(), 'held')

    assert.deepEqual([one.tried.length, await one.states()], [1, ['waiting', 'queued', 'queued']])
    assert.deepEqual([one.rows.row('alpha').breaker, one.rows.row('alpha').times], ['open', 2])
    assert.deepEqual((await one.look(one.jobs[0]!)).steps['a']!.attempt, 1)
  })

  test('that succeeds closes the breaker, and the rest of its message is worked', async (t) => {
    const one = await setup(t)
    await one.mayProbe()

    assert.deepEqual(await one.run(), { steps: 3, failed: 0, codes: [] })

    assert.deepEqual(
      [await one.states(), one.rows.row('alpha').breaker],
      [['completed', 'completed', 'completed'], 'closed'],
    )
  })

  test('that meets bad data has shown that the stage works', async (t) => {
    const one = await setup(t)
    await one.mayProbe()
    one.handler((jobId) => {
      if (jobId === one.jobs[0]!.id) throw new DataError('x.bad', 'Bad')
      return {}
    })

    await one.run()

    assert.deepEqual(
      [await one.states(), one.rows.row('alpha').breaker],
      [['suspended', 'completed', 'completed'], 'closed'],
    )
  })

  test('that is asked to wait closes the breaker, and the rest of its message waits for the limit', async (t) => {
    const one = await setup(t)
    await one.mayProbe()
    one.handler(() => {
      throw new RateLimited('x.busy', 'Later', { retryAfterMs: 60_000 })
    })

    assert.equal(await one.run(), 'held')

    assert.deepEqual([one.tried.length, await one.states()], [1, ['waiting', 'queued', 'queued']])
    assert.equal(one.rows.row('alpha').breaker, 'closed')
  })

  test('passes over what nobody wants any more', async (t) => {
    const one = await setup(t)
    await one.mayProbe()
    const job = one.jobs[0]!
    const workflow = await one.workflows.version('t', 'flow', 1)
    await one.record({ workflow, job, happening: { kind: 'cancelled', actor: 'ann', reason: null } })
    one.handler(down)

    assert.equal(await one.run(), 'held')

    assert.deepEqual([one.tried, await one.states()], [[one.jobs[1]!.id], ['cancelled', 'waiting', 'queued']])
  })
})

suite('a stage with a pace', () => {
  test('has a bundle of before sent again instead of running it in the time of one step', async (t) => {
    const one = await setup(t, { limit: { max: 1, perMs: 1_000 } })
    const [first, ...others] = one.jobs

    const end = await one.run()

    const messages = await Promise.all(one.jobs.map(async (job) => (await one.look(job)).steps['a']!.message))
    assert.deepEqual([end, one.tried], [{ steps: 0, failed: 0, codes: [] }, []])
    assert.notEqual(messages[0], first!.steps['a']!.message)
    assert.deepEqual(
      messages.slice(1),
      others.map((job) => job.steps['a']!.message),
      'what another message carries stays with it',
    )
  })

  test('is probed by the next message when one could not be taken apart', async (t) => {
    const one = await setup(t, { limit: { max: 1, perMs: 1_000 } })
    await one.mayProbe()

    await assert.rejects(one.run({ load: () => Promise.reject(new RangeError('no such row')) }), RangeError)

    assert.equal(one.gate.enter(), 'probe')
  })
})
