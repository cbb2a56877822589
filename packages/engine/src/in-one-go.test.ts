import { TransientError } from '@stageline/domain'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { executeDelivery } from './execute-delivery.ts'
import { StagesHere } from './in-one-go.ts'
import type { StageContext, StageDefinition } from './stage.ts'
import { engineInMemory, executorInMemory } from './testing/index.ts'

type Handle = StageDefinition['handle']
type Given = Handle | (Partial<StageDefinition> & { handle: Handle })

const STEPS = [
  { key: 'a', stage: 'alpha' },
  { key: 'b', stage: 'beta', dependsOn: ['a'] },
  { key: 'c', stage: 'gamma', dependsOn: ['b'] },
]

/** A process that works these stages, and a job whose first message has just come. */
async function setup(stages: Record<string, Given>, steps: typeof STEPS = STEPS) {
  const engine = engineInMemory({ key: 'flow', steps })
  const clock = { ms: 0 }
  const here = new StagesHere(() => clock.ms)
  const executors = Object.entries(stages).map(([name, given]) => {
    const stage = typeof given === 'function' ? { handle: given } : given
    const executor = executorInMemory(engine, { name, ...stage })
    executor.deps.here = here
    here.add(executor.deps)
    return executor
  })
  const job = await engine.submit({ input: { list: ['x'] } })
  const writes: number[] = []
  const record = engine.store.record.bind(engine.store)
  engine.store.record = (of, messages) => {
    writes.push(...of.map(({ history }) => history.length))
    return record(of, messages)
  }
  const [delivery] = engine.queue.take()
  return {
    ...engine,
    job,
    clock,
    /** Entries of each write. */
    writes,
    deps: executors[0]!.deps,
    executors,
    run: (redelivered = false) => executeDelivery({ ...delivery!, redelivered }, executors[0]!.deps),
    states: async () => Object.values((await engine.look(job)).steps).map(({ state }) => state),
    waiting: () => engine.queue.take().map(({ message }) => message.stage),
    [Symbol.dispose]: () => executors.forEach(({ claims }) => claims[Symbol.dispose]()),
  }
}

test('quick steps that follow each other are one write, with an entry for each, and need no queue', async () => {
  using one = await setup({ alpha: () => ({ a: 1 }), beta: () => ({ b: 2 }), gamma: () => ({ c: 3 }) })

  assert.deepEqual(await one.run(), { steps: 1, failed: 0, codes: [] })

  assert.deepEqual(one.writes, [3])
  assert.deepEqual(await one.states(), ['completed', 'completed', 'completed'])
  assert.deepEqual(one.waiting(), [])
  const entries = one.store.history(one.job.id).filter(({ event }) => event === 'step')
  assert.deepEqual(
    entries.map(({ step, path, data }) => [step, path.at(-1), data]),
    [
      ['a', 'completed', { a: 1 }],
      ['b', 'completed', { b: 2 }],
      ['c', 'completed', { c: 3 }],
    ],
  )
  const times = entries.flatMap(({ times }) => times)
  assert.deepEqual(times, times.toSorted(), 'no step begins before the one that it follows has ended')
})

test('of a burst each job goes its whole way before the next begins, so that what it makes is soon gone', async () => {
  const begun: string[] = []
  const note = (_: unknown, { jobId, stepKey }: StageContext) => (begun.push(`${jobId} ${stepKey}`), {})
  using one = await setup({ alpha: note, beta: note, gamma: note })
  const others = await Promise.all(Array.from({ length: 300 }, () => one.submit({ input: {} })))
  const deliveries = one.queue.take()

  await Promise.all([one.run(), ...deliveries.map((delivery) => executeDelivery(delivery, one.deps))])

  assert.equal(begun.length, 903)
  assert.deepEqual(
    begun,
    [one.job, ...others].flatMap(({ id }) => ['a', 'b', 'c'].map((step) => `${id} ${step}`)),
  )
})

test('who waits for something holds up nobody, however many they are', { timeout: 20_000 }, async () => {
  const all = Promise.withResolvers<void>()
  let begun = 0
  using one = await setup({
    alpha: async () => {
      begun += 1
      if (begun === 301) all.resolve()
      await all.promise
      return {}
    },
    beta: () => ({}),
    gamma: () => ({}),
  })
  await Promise.all(Array.from({ length: 300 }, () => one.submit({ input: {} })))

  await Promise.all([one.run(), ...one.queue.take().map((delivery) => executeDelivery(delivery, one.deps))])

  assert.equal(begun, 301)
})

test('a step reads what those before it gave as the record would give it', async () => {
  const seen: unknown[] = []
  using one = await setup({
    alpha: (input) => {
      const { list } = input as { list: string[] }
      list.push('y')
      return { at: new Date(0), gone: undefined }
    },
    beta: (input) => (seen.push(input), { list: ['z'] }),
    gamma: (input) => (seen.push(input), {}),
  })

  await one.run()

  const at = '1970-01-01T00:00:00.000Z'
  assert.deepEqual(seen, [
    { list: ['x'], at },
    { list: ['z'], at },
  ])
})

test('a failure is recorded with what went well before it', async () => {
  using one = await setup({
    alpha: () => ({}),
    beta: () => {
      throw new TransientError('beta.busy', 'Busy')
    },
    gamma: () => ({}),
  })

  await one.run()

  assert.equal(one.writes.length, 1)
  assert.deepEqual(await one.states(), ['completed', 'retrying', 'pending'])
})

test('an output that cannot be stored fails its own step only', async () => {
  using one = await setup({ alpha: () => ({ a: 1 }), beta: () => ({ n: 1n }), gamma: () => ({}) })

  await one.run()

  assert.deepEqual(await one.states(), ['completed', 'suspended', 'pending'])
  assert.equal(one.store.history(one.job.id).at(-1)!.failure!.code, 'stage.unstorable_output')
})

test('a handler that lets wait holds up nobody: what was done is recorded with its claim, and it travels from then on', async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  using one = await setup({ alpha: () => ({}), beta: () => promise, gamma: () => ({}) })

  const running = one.run()
  for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate)
  assert.deepEqual(await one.states(), ['completed', 'processing', 'pending'])
  assert.deepEqual(one.waiting(), [], 'what is worked here is not sent')
  resolve({})
  await running

  assert.deepEqual(await one.states(), ['completed', 'completed', 'queued'])
  assert.deepEqual(one.waiting(), ['gamma'])
  const next = await one.submit({ input: {} })
  const [delivery] = one.queue.take()
  await executeDelivery(delivery!, one.deps)
  assert.equal((await one.look(next)).steps['b']!.state, 'queued')
  assert.deepEqual(one.waiting(), ['beta'])
})

const notQuick: [string, Partial<StageDefinition>][] = [
  ['calls out', { callsOut: true }],
  ['takes one step a message', { bundle: 1 }],
  ['keeps a pace', { limit: { max: 10, perMs: 1_000 } }],
]
for (const [why, about] of notQuick) {
  test(`a step of a stage that ${why} waits for its message`, async () => {
    using one = await setup({ alpha: () => ({}), beta: { handle: () => ({}), ...about }, gamma: () => ({}) })

    await one.run()

    assert.deepEqual(await one.states(), ['completed', 'queued', 'pending'])
    assert.deepEqual(one.waiting(), ['beta'])
  })
}

test('a stage that something holds is left alone, and works again once it is free', async () => {
  using one = await setup({ alpha: () => ({}), beta: () => ({}), gamma: () => ({}) })
  const gate = { isFree: false, enter: () => 'all' as const, heard: () => undefined, leaveProbe: () => undefined }
  one.executors[1]!.deps.gate = { ...gate, probed: async () => 'works' }

  await one.run()

  assert.deepEqual(one.waiting(), ['beta'])
})

test('a message that comes again is worked step by step, since it may have taken a worker down', async () => {
  using one = await setup({ alpha: () => ({}), beta: () => ({}), gamma: () => ({}) })

  await one.run(true)

  assert.deepEqual(await one.states(), ['completed', 'queued', 'pending'])
})

test('where two steps follow, both are sent', async () => {
  const steps = [STEPS[0]!, STEPS[1]!, { key: 'c', stage: 'gamma', dependsOn: ['a'] }]
  using one = await setup({ alpha: () => ({}), beta: () => ({}), gamma: () => ({}) }, steps)

  await one.run()

  assert.deepEqual(one.waiting(), ['beta', 'gamma'])
})

test('what has taken its time is recorded before the next step', async () => {
  const slowly: Handle = () => {
    one.clock.ms += 100
    return {}
  }
  using one = await setup({ alpha: slowly, beta: () => ({}), gamma: () => ({}) })

  await one.run()

  assert.deepEqual(await one.states(), ['completed', 'queued', 'pending'])
})

test('nothing of a go counts when somebody has cancelled its job meanwhile', async () => {
  using one = await setup({
    alpha: () => ({}),
    beta: () => ({}),
    gamma: () => ({}),
  })
  const workflow = (await one.workflows.latest('t', 'flow'))!
  const load = one.deps.load
  one.deps.load = async (ref) => {
    const loaded = await load(ref)
    const happening = { kind: 'cancelled', actor: 'person', reason: null } as const
    await one.record({ workflow, job: one.job, happening })
    return loaded
  }

  await one.run()

  assert.deepEqual(await one.states(), ['cancelled', 'cancelled', 'cancelled'])
  const steps = one.store.history(one.job.id).filter(({ path }) => path.includes('completed'))
  assert.deepEqual(steps, [])
})

test('a step beside it that was recorded meanwhile does not undo a go', async () => {
  const steps = [
    { key: 'a', stage: 'alpha' },
    { key: 'b', stage: 'beta', dependsOn: ['a'] },
    { key: 'x', stage: 'other' },
  ] as typeof STEPS
  using one = await setup({ alpha: () => ({ a: 1 }), beta: () => ({ b: 1 }) }, steps)
  const workflow = (await one.workflows.latest('t', 'flow'))!
  const load = one.deps.load
  one.deps.load = async (ref) => {
    const loaded = await load(ref)
    const fence = one.job.steps['x']!.fence
    const ended = { startedAt: new Date(0).toISOString(), output: {}, worker: 'other' }
    await one.record({ workflow, job: one.job, happening: { kind: 'succeeded', step: 'x', fence, ...ended } })
    return loaded
  }

  await one.run()

  assert.deepEqual(await one.states(), ['completed', 'completed', 'completed'])
})

for (const [what, output] of [
  ['nothing', {}],
  ['an output that cannot be stored', { n: 1n }],
] as const) {
  test(`a database that takes nothing fails every step of a go that ended with ${what}, and lets none wait`, async () => {
    using one = await setup({ alpha: () => ({}), beta: () => ({}), gamma: () => output })
    one.store.record = async () => {
      throw new TypeError('A fault of ours')
    }

    await assert.rejects(one.run(), /A fault of ours/)

    assert.deepEqual(await one.states(), ['queued', 'pending', 'pending'])
  })
}

test('what was done is recorded even where the next step breaks before its handler', async () => {
  using one = await setup({ alpha: () => ({}), beta: () => ({}), gamma: () => ({}) })
  one.executors[1]!.deps.observer = {
    ...one.observer,
    step: async () => {
      throw new TypeError('A fault of ours')
    },
  }

  await assert.rejects(one.run(), /A fault of ours/)

  assert.deepEqual(await one.states(), ['completed', 'queued', 'pending'])
  assert.deepEqual(one.waiting(), ['beta'])
})
