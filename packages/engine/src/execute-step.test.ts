import type { StepInfo } from '@stageline/domain'
import { DataError, RateLimited, SystemError, TransientError } from '@stageline/domain'
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { Claims } from './claims.ts'
import { executeDelivery } from './execute-delivery.ts'
import type { ExecutorDeps } from './execute-step.ts'
import { executeStep } from './execute-step.ts'
import type { StageContext, StageDefinition } from './stage.ts'
import { engineInMemory, executorInMemory, schemaOf } from './testing/index.ts'

const FLOW = { key: 'flow', steps: [{ key: 'a', stage: 'alpha' }] }

const quiet = () => undefined

function ring(): Record<string, unknown> {
  const one: Record<string, unknown> = {}
  one['self'] = one
  return one
}

/** A stage that does what the test says, and a job whose step waits for it. */
async function setup(
  handle: StageDefinition['handle'],
  stage: Partial<StageDefinition> = {},
  stepTimeoutMs?: number,
  limits: { graceMs?: number; timeoutMs?: number } = {},
) {
  const steps = [{ ...FLOW.steps[0]!, ...(stepTimeoutMs === undefined ? {} : { timeoutMs: stepTimeoutMs }) }]
  const engine = engineInMemory({ ...FLOW, steps })
  const job = await engine.submit({ input: { n: 1 } })
  const executor = executorInMemory(engine, { handle, ...stage }, limits)
  const { deps, claims } = executor
  const ref = { tenantId: 't', jobId: job.id, step: 'a', fence: 1 }
  return {
    ...engine,
    ...executor,
    job,
    ref,
    run: (redelivered = false) => executeStep(ref, redelivered, deps),
    /** A person does not wait for the time of the retry. */
    retry: async () => {
      const workflow = (await engine.workflows.latest('t', 'flow'))!
      const row = await engine.look(job)
      await engine.record({ workflow, job: row, happening: { kind: 'retried', actor: 'person', reason: null } })
      ref.fence = (await engine.look(job)).steps['a']!.fence
    },
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

test('a stage may hand on its context with more in it', async () => {
  let seen: unknown
  using one = await setup((_input, context) => {
    const { signal, logger, families, stepKey } = { ...context, families: 3 }
    seen = [signal.aborted, typeof logger.info, families, stepKey]
    return { n: 2 }
  })

  assert.deepEqual(await one.run(), { outcome: 'completed' })

  assert.deepEqual(seen, [false, 'function', 3, 'a'])
})

test('how long a step waited is told by the clock of the record, whatever that of the process says', async () => {
  using one = await setup(() => ({}))
  const seen: StepInfo[] = []
  one.observer.step = (info, run) => (seen.push(info), run())
  one.store.setNow(new Date(one.store.now().getTime() + 90_000))

  await one.run()

  assert.equal(seen[0]?.waitedMs, 90_000)
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
    using one = await setup(() => (ran = true), { input: schemaOf(() => false) })

    await one.run()

    assert.equal(ran, false)
    assert.equal((await one.step()).state, 'suspended')
    assert.equal(one.failure()!.code, 'stage.invalid_input')
    assert.deepEqual(one.failure()!.details, { problems: [{ pointer: '/n', detail: 'Expected a number' }] })
  })

  test('an output that does not fit goes to a person', async () => {
    using one = await setup(() => ({ n: 'x' }), { output: schemaOf(() => false) })

    await one.run()

    assert.equal(one.failure()!.code, 'stage.invalid_output')
  })

  for (const [what, output] of [
    ['that the database cannot hold', { text: 'nul \u0000' }],
    ['that is no JSON', { n: 1n }],
    ['with a number that JSON would make null', { n: Number.POSITIVE_INFINITY }],
    ['that refers to itself', ring()],
    ['of fifty million characters', { text: 'x'.repeat(50_000_000) }],
  ] as const) {
    test(`an output ${what} goes to a person`, async () => {
      using one = await setup(() => output)

      assert.equal((await one.run()).outcome, 'failed')

      assert.equal(one.failure()!.code, 'stage.unstorable_output')
      assert.equal((await one.step()).state, 'suspended')
    })
  }

  for (const [what, details] of [
    ['the database cannot hold', { text: 'nul \u0000' }],
    ['are no JSON', { n: 1n }],
    ['refer to themselves', ring()],
    ['are fifty million characters', { text: 'x'.repeat(50_000_000) }],
  ] as const) {
    test(`a failure whose details ${what} is recorded without them`, async () => {
      using one = await setup(() => {
        throw new DataError('x.y', 'm', { details })
      })

      assert.equal((await one.run()).outcome, 'failed')

      assert.deepEqual(one.failure(), { kind: 'data', code: 'x.y', message: 'm' })
    })
  }
})

suite('time', { timeout: 20_000 }, () => {
  test('a handler that takes too long has failed, even when it ignores its signal', async () => {
    using one = await setup(never, {}, 20)

    assert.equal((await one.run()).outcome, 'failed')

    assert.deepEqual([one.failure()!.kind, one.failure()!.code], ['transient', 'stage.timeout'])
    assert.deepEqual(one.stragglers, [one.ref])
  })

  test('a try that was stopped is recorded only when its handler has ended, and its late output never', async () => {
    let finish: (output: unknown) => void = quiet
    const { promise: stopped, resolve: stop } = Promise.withResolvers<void>()
    using one = await setup(
      (_, { signal }) => {
        signal.addEventListener('abort', () => stop(), { once: true })
        return new Promise((resolve) => (finish = resolve))
      },
      {},
      20,
      { graceMs: 60_000 },
    )
    const ended = one.run()
    await stopped
    assert.equal((await one.step()).attempt, 1)
    assert.notEqual((await one.step()).state, 'retrying')

    finish({ late: true })

    assert.equal((await ended).outcome, 'failed')
    assert.deepEqual([(await one.step()).state, (await one.step()).output], ['retrying', undefined])
    assert.deepEqual(one.stragglers, [])
  })

  test('of two that ignore their signal, none goes on to another try before the rest of the process has ended', async () => {
    using one = await setup(never, {}, 20)
    using other = one.handlers.begin()
    const ended = one.run()
    while (one.stragglers.length === 0) await new Promise(setImmediate)
    await turns()
    assert.notEqual((await one.step()).state, 'retrying')

    other[Symbol.dispose]()

    assert.equal((await ended).outcome, 'failed')
  })

  test('the limit of a step wins over that of its stage, and that over the environment', async () => {
    const endless = { timeoutMs: 60_000 }
    using step = await setup(untilAborted, endless, 10)
    using stage = await setup(untilAborted, { timeoutMs: 11 })
    using environment = await setup(untilAborted, {}, undefined, { timeoutMs: 12 })

    for (const one of [step, stage, environment]) await one.run()

    const limits = [step, stage, environment].map((one) => /(\d+) ms/.exec(one.failure()!.message)![1])
    assert.deepEqual(limits, ['10', '11', '12'])
  })

  test('a handler that gives no sign of life for too long has failed', async () => {
    using one = await setup(
      async (input, context) => {
        for (let i = 0; i < 3; i += 1) await Promise.all([context.heartbeat(), delay(15)])
        return untilAborted(input, context)
      },
      { heartbeatMs: 40 },
    )

    assert.equal((await one.run()).outcome, 'failed')

    assert.deepEqual([one.failure()!.kind, one.failure()!.code], ['transient', 'stage.heartbeat_timeout'])
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

suite('signs of life', { timeout: 20_000 }, () => {
  test('a sign of life claims the step, and what it leaves is there for the next try', async () => {
    const seen: unknown[] = []
    using one = await setup(async (_, { checkpoint, heartbeat }) => {
      seen.push(checkpoint)
      await heartbeat({ page: 1 })
      seen.push((await one.step()).state, (await one.step()).worker)
      throw new TransientError('x.y', 'm')
    })

    await one.run()
    await one.retry()
    await one.run(false)

    assert.deepEqual(seen.slice(0, 4), [undefined, 'processing', 'w', { page: 1 }])
  })

  test('a sign of life that nobody waits for does not take the step from its own try', async () => {
    using one = await setup((_, { heartbeat }) => {
      void heartbeat({ page: 1 })
      return { n: 2 }
    })

    assert.deepEqual(await one.run(), { outcome: 'completed' })

    assert.equal((await one.step()).state, 'completed')
  })

  test('a sign of life after the end of its try claims nothing', async () => {
    let late: StageContext['heartbeat'] | undefined
    using one = await setup((_, { heartbeat }) => {
      late = heartbeat
      throw new TransientError('x.y', 'm')
    })
    const record: ExecutorDeps['record'] = (change) => {
      void late?.()
      return one.record(change)
    }

    await executeStep(one.ref, false, { ...one.deps, record })

    assert.equal((await one.step()).state, 'retrying')
  })

  test('of many states the last is stored, and no more writes are made than needed', async () => {
    using one = await setup(async (_, { heartbeat }) => {
      await heartbeat()
      const { revision } = await one.look(one.job)
      await Promise.all(Array.from({ length: 50 }, (_, page) => heartbeat({ page })))
      return { checkpoint: (await one.step()).checkpoint, writes: (await one.look(one.job)).revision - revision }
    })
    await one.run()

    const output = one.store.history(one.job.id).at(-1)!.data as { checkpoint: unknown; writes: number }
    assert.deepEqual(output.checkpoint, { page: 49 })
    assert.ok(output.writes <= 2, `${output.writes} writes`)
  })

  for (const [what, state, code] of [
    ['is too large', { text: 'x'.repeat(4_096) }, 'stage.checkpoint_too_large'],
    ['is no JSON', { n: 1n }, 'stage.unstorable_checkpoint'],
    ['the database cannot hold', { text: 'nul \u0000' }, 'stage.unstorable_checkpoint'],
  ] as const) {
    test(`a state that ${what} is an error of the data`, async () => {
      using one = await setup(async (_, { heartbeat }) => heartbeat(state))

      await one.run()

      assert.deepEqual([one.failure()!.kind, one.failure()!.code], ['data', code])
    })
  }

  test('who has lost the step hears so by its sign of life, and leaves nothing', async () => {
    using one = await setup(async (_, { heartbeat }) => {
      const workflow = (await one.workflows.latest('t', 'flow'))!
      await one.record({ workflow, job: one.job, happening: { kind: 'cancelled', actor: 'person', reason: null } })
      await heartbeat({ page: 1 })
      assert.fail('it went on')
    })

    assert.deepEqual(await one.run(), { outcome: 'lost' })

    assert.deepEqual([(await one.step()).state, (await one.step()).checkpoint], ['cancelled', undefined])
  })
})

suite('a lease that cannot be renewed', { timeout: 10_000 }, () => {
  for (const callsOut of [true, false]) {
    const what = callsOut
      ? 'stops a handler with effects outside and gives its step back'
      : 'leaves a pure handler alone'
    test(what, async (t) => {
      t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
      let finish: (output: unknown) => void = quiet
      const { promise: stopped, resolve: stop } = Promise.withResolvers<string>()
      using one = await setup(
        (_, { signal }) => {
          signal.addEventListener('abort', () => stop((signal.reason as { code: string }).code), { once: true })
          signal.addEventListener('abort', () => finish({}), { once: true })
          return new Promise((resolve) => (finish = resolve))
        },
        { callsOut },
      )
      const ended = one.run(true)
      await turns()

      one.clock.ms = 8_400
      t.mock.timers.tick(700)
      await turns()
      one.clock.ms = 8_600
      t.mock.timers.tick(700)
      await turns()
      if (!callsOut) finish({})

      assert.deepEqual(await ended, { outcome: callsOut ? 'returned' : 'completed' })
      if (callsOut) assert.equal(await stopped, 'step.lease_not_renewed')
      assert.equal((await one.step()).state, callsOut ? 'queued' : 'completed')
    })
  }
})

test('a handler with effects outside does not begin when its claim was recorded too late', async () => {
  let runs = 0
  using one = await setup(() => ({ runs: (runs += 1) }), { callsOut: true })
  const { record, store, clock } = one
  const slowly: ExecutorDeps['record'] = async (change) => {
    const recorded = await record(change)
    clock.ms += 9_000
    return recorded
  }
  using claims = new Claims({ record: slowly, store, worker: 'w', elapsed: () => clock.ms })

  assert.deepEqual(await executeStep(one.ref, false, { ...one.deps, claims }), { outcome: 'returned' })

  assert.deepEqual([runs, (await one.step()).state, (await one.step()).crashes], [0, 'queued', undefined])
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

  test('a step that was in hand when a worker went down is claimed before its handler runs', async () => {
    const seen: string[] = []
    using one = await setup(async () => void seen.push((await one.step()).state))
    const job = { ...one.job, steps: { a: { ...one.job.steps['a']!, crashes: [{ at: '', how: 'lease_expired' }] } } }
    const load: ExecutorDeps['load'] = async (ref) => ({ ...(await one.deps.load(ref))!, job })

    await executeStep(one.ref, false, { ...one.deps, load })

    assert.deepEqual(seen, ['processing'])
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
