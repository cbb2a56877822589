import type { Schema } from '@stageline/domain'
import { DataError, RateLimited, SystemError, TransientError } from '@stageline/domain'
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Claims } from './claims.ts'
import { executeDelivery } from './execute-delivery.ts'
import type { ExecutorDeps } from './execute-step.ts'
import { executeStep } from './execute-step.ts'
import type { StageContext, StageDefinition } from './stage.ts'
import { engineInMemory, memoryBlobs } from './testing/index.ts'

const FLOW = { key: 'flow', steps: [{ key: 'a', stage: 'alpha' }] }

/** As much of a schema as the executor asks for. */
const schema = (fits: (value: unknown) => boolean): Schema<unknown> => {
  const issues = [{ path: ['n'], message: 'Expected a number' }]
  const safeParse = (value: unknown) =>
    fits(value) ? { success: true, data: value } : { success: false, error: { issues } }
  return { safeParse } as unknown as Schema<unknown>
}
const anything = schema(() => true)
const quiet = () => undefined

/** A stage that does what the test says, and a job whose step waits for it. */
async function setup(handle: StageDefinition['handle'], stage: Partial<StageDefinition> = {}, timeoutMs?: number) {
  const steps = [{ ...FLOW.steps[0]!, ...(timeoutMs === undefined ? {} : { timeoutMs }) }]
  const engine = engineInMemory({ ...FLOW, steps })
  const job = await engine.submit({ input: { n: 1 } })
  const shutdown = new AbortController()
  const claims = new Claims(engine.record, engine.store)
  const deps: ExecutorDeps = {
    stage: { name: 'alpha', input: anything, output: anything, handle, ...stage },
    store: engine.store,
    load: async (ref) => (await engine.store.load([ref]))[0],
    workflows: engine.workflows,
    record: engine.record,
    claims,
    observer: engine.observer,
    shutdown: shutdown.signal,
    workerId: 'w',
    retry: {},
    tools: () => ({
      blobs: memoryBlobs(),
      catalog: { find: async () => [] },
      firstSeen: { claim: async () => ({ jobId: job.id, at: new Date(0), isThisJob: true }) },
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    }),
  }
  const ref = { tenantId: 't', jobId: job.id, step: 'a', fence: 1 }
  return {
    ...engine,
    deps,
    job,
    ref,
    shutdown,
    run: (redelivered = false) => executeStep(ref, redelivered, deps),
    step: async () => (await engine.look(job)).steps['a']!,
    failure: () => engine.store.history(job.id).at(-1)!.failure,
    [Symbol.dispose]: () => claims[Symbol.dispose](),
  }
}

const never = (): Promise<never> => new Promise(() => undefined)
const untilAborted = (_input: unknown, { signal }: StageContext): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }))

test('an output is recorded, and the handler saw its input and its context', async () => {
  let seen: unknown
  using one = await setup((input, { attempt, idempotencyKey, now, stepKey }) => {
    seen = { input, attempt, idempotencyKey, now, stepKey }
    return { n: 2 }
  })

  assert.deepEqual(await one.run(), { outcome: 'completed' })

  const idempotencyKey = `${one.job.id}/a`
  assert.deepEqual(seen, { input: { n: 1 }, attempt: 1, idempotencyKey, now: one.store.now(), stepKey: 'a' })
  assert.equal((await one.look(one.job)).state, 'completed')
})

suite('what a handler throws', () => {
  const table: [what: string, thrown: unknown, kind: string, state: string, outcome: string][] = [
    ['a data error', new DataError('x.y', 'm'), 'data', 'suspended', 'failed'],
    ['a transient error', new TransientError('x.y', 'm'), 'transient', 'retrying', 'failed'],
    ['a rate limit', new RateLimited('x.y', 'm', { retryAfterMs: 5 }), 'rate_limited', 'waiting', 'waiting'],
    ['a system error', new SystemError('x.y', 'm'), 'system', 'waiting', 'waiting'],
    ['a plain error', new Error('m'), 'unknown', 'retrying', 'failed'],
    ['no error at all', 'text', 'unknown', 'retrying', 'failed'],
    ['an object without a prototype', Object.create(null), 'unknown', 'retrying', 'failed'],
  ]
  for (const [what, thrown, kind, state, outcome] of table) {
    test(`${what} leaves the step ${state}`, async () => {
      using one = await setup(() => {
        throw thrown
      })

      assert.equal((await one.run()).outcome, outcome)

      assert.equal((await one.step()).state, state)
      assert.equal(one.failure()!.kind, kind)
    })
  }
})

suite('inputs and outputs', () => {
  test('an input that does not fit goes to a person, and no handler runs', async () => {
    let ran = false
    using one = await setup(() => (ran = true), { input: schema(() => false) })

    await one.run()

    assert.equal(ran, false)
    assert.equal((await one.step()).state, 'suspended')
    assert.equal(one.failure()!.code, 'stage.invalid_input')
    assert.deepEqual(one.failure()!.details, { problems: [{ pointer: '/n', detail: 'Expected a number' }] })
  })

  test('an output that does not fit goes to a person', async () => {
    using one = await setup(() => ({ n: 'x' }), { output: schema(() => false) })

    await one.run()

    assert.equal(one.failure()!.code, 'stage.invalid_output')
  })

  for (const [what, output] of [
    ['that the database cannot hold', { text: 'nul \u0000' }],
    ['that is no JSON', { n: 1n }],
  ] as const) {
    test(`an output ${what} goes to a person`, async () => {
      using one = await setup(() => output)

      assert.equal((await one.run()).outcome, 'failed')

      assert.equal(one.failure()!.code, 'stage.unstorable_output')
      assert.equal((await one.step()).state, 'suspended')
    })
  }

  test('a failure whose details the database cannot hold is recorded without them', async () => {
    using one = await setup(() => {
      throw new DataError('x.y', 'm', { details: { text: 'nul \u0000' } })
    })

    assert.equal((await one.run()).outcome, 'failed')

    assert.deepEqual(one.failure(), { kind: 'data', code: 'x.y', message: 'm' })
  })
})

suite('time', { timeout: 20_000 }, () => {
  test('a handler that takes too long has failed, even when it ignores its signal', async () => {
    using one = await setup(never, {}, 20)

    assert.equal((await one.run()).outcome, 'failed')

    assert.deepEqual([one.failure()!.kind, one.failure()!.code], ['transient', 'stage.timeout'])
  })

  test('a handler that heeds its signal has failed by the same name', async () => {
    using one = await setup(untilAborted, {}, 20)
    await one.run()

    assert.equal(one.failure()!.code, 'stage.timeout')
  })

  test('a step in hand at shutdown is given back and costs no attempt', async () => {
    using one = await setup((input, context) => {
      queueMicrotask(() => one.shutdown.abort())
      return untilAborted(input, context)
    })

    assert.deepEqual(await one.run(), { outcome: 'returned' })

    const { state, attempt, fence } = await one.step()
    assert.deepEqual({ state, attempt, fence }, { state: 'queued', attempt: 1, fence: 2 })
    assert.deepEqual(one.queue.sent.at(-1)!.steps, [[one.job.id, 'a', 2]])
  })

  test('a step that takes longer than 250 ms is claimed, so that people see it run', { timeout: 5_000 }, async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
    let finish: (output: unknown) => void = quiet
    using one = await setup(() => new Promise((resolve) => (finish = resolve)))
    const ended = one.run()
    await turns()
    assert.equal((await one.step()).state, 'queued')

    t.mock.timers.tick(251)
    await turns()
    assert.deepEqual([(await one.step()).state, (await one.step()).fence], ['processing', 2])

    finish({})
    assert.deepEqual(await ended, { outcome: 'completed' })
  })

  test('who loses the step meanwhile aborts its handler and changes nothing', { timeout: 5_000 }, async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
    using one = await setup(untilAborted)
    const ended = one.run()
    await turns()
    const workflow = (await one.workflows.latest('t', 'flow'))!
    await one.record({ workflow, job: one.job, happening: { kind: 'cancelled', actor: 'person', reason: null } })
    const { seq } = await one.look(one.job)

    t.mock.timers.tick(251)

    assert.deepEqual(await ended, { outcome: 'lost' })
    assert.equal((await one.look(one.job)).seq, seq)
  })

  test('a claim is renewed while its handler runs, and dropped with it', { timeout: 5_000 }, async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
    let finish: (output: unknown) => void = quiet
    using one = await setup(() => new Promise((resolve) => (finish = resolve)), { callsOut: true })
    const ended = one.run()
    await turns()
    const first = (await one.look(one.job)).dueAt!
    one.store.setNow(new Date(one.store.now().getTime() + 3_000))

    t.mock.timers.tick(3_000)
    await turns()

    assert.equal(new Date((await one.look(one.job)).dueAt!).getTime() - new Date(first).getTime(), 3_000)
    finish({})
    await ended
    const { revision } = await one.look(one.job)
    t.mock.timers.tick(9_000)
    await turns()
    assert.equal((await one.look(one.job)).revision, revision)
  })

  test('a handler whose job was cancelled is told within a second', { timeout: 5_000 }, async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
    using one = await setup(untilAborted, { callsOut: true })
    const ended = one.run()
    await turns()
    const workflow = (await one.workflows.latest('t', 'flow'))!
    await one.record({
      workflow,
      job: await one.look(one.job),
      happening: { kind: 'cancelled', actor: 'p', reason: null },
    })

    t.mock.timers.tick(1_000)

    assert.deepEqual(await ended, { outcome: 'lost' })
  })

  test('a look that the database does not answer takes nothing away', { timeout: 5_000 }, async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
    let finish: (output: unknown) => void = quiet
    using one = await setup(() => new Promise((resolve) => (finish = resolve)), { callsOut: true })
    const ended = one.run()
    await turns()
    const away = t.mock.method(one.store, 'read', async () => {
      throw new SystemError('store.unavailable', 'away')
    })

    t.mock.timers.tick(1_000)
    await turns()
    assert.equal(away.mock.callCount(), 1)
    away.mock.restore()
    finish({})

    assert.deepEqual(await ended, { outcome: 'completed' })
  })
})

suite('deliveries', () => {
  test('what is no longer wanted is not worked', async () => {
    let runs = 0
    using one = await setup(() => ({ runs: (runs += 1) }))
    await one.run()

    assert.deepEqual(await one.run(), { outcome: 'stale' })
    assert.deepEqual(await executeStep({ ...one.ref, jobId: 'none' }, false, one.deps), { outcome: 'stale' })
    assert.deepEqual(await executeStep({ ...one.ref, tenantId: 'other' }, false, one.deps), { outcome: 'stale' })
    assert.deepEqual(await executeStep({ ...one.ref, step: 'constructor' }, false, one.deps), { outcome: 'stale' })

    assert.equal(runs, 1)
  })

  test('of two workers that have the same message of a stage that calls out, one runs', async () => {
    let runs = 0
    using one = await setup(() => ({ runs: (runs += 1) }), { callsOut: true })

    const ends = await Promise.all([one.run(), one.run()])

    assert.deepEqual(ends.map(({ outcome }) => outcome).toSorted(), ['completed', 'lost'])
    assert.equal(runs, 1)
  })

  test('a redelivered step is claimed first, and the crash is counted', async () => {
    using one = await setup(() => ({}))

    await one.run(true)

    assert.deepEqual([(await one.step()).fence, (await one.step()).deliveries], [2, 2])
  })

  test('a delivery says in counts and codes how its steps ended', async () => {
    using one = await setup(() => {
      throw new DataError('x.y', 'm')
    })
    const steps = [[one.job.id, 'a', 1] as const, ['none', 'a', 1] as const]

    const end = await executeDelivery(
      { message: { id: 'm', stage: 'alpha', tenantId: 't', workflow: 'flow', steps }, redelivered: false },
      one.deps,
    )

    assert.deepEqual(end, { steps: 2, failed: 1, codes: ['x.y'] })
    assert.equal(one.observer.counts.duplicate_executions, 1)
  })

  test('a fault in one step is thrown only when its neighbours have ended', async () => {
    using one = await setup(() => ({}))
    const load: ExecutorDeps['load'] = async (ref) => {
      if (ref.jobId === 'bad') throw new Error('cannot load')
      return one.deps.load(ref)
    }
    const steps = [['bad', 'a', 1] as const, [one.job.id, 'a', 1] as const]
    const message = { id: 'm', stage: 'alpha', tenantId: 't', workflow: 'flow', steps }

    await assert.rejects(executeDelivery({ message, redelivered: false }, { ...one.deps, load }), /cannot load/)

    assert.equal((await one.step()).state, 'completed')
  })
})

const turns = async (): Promise<void> => {
  for (let i = 0; i < 10; i += 1) await new Promise(setImmediate)
}
