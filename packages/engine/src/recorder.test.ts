import type { Job } from '@stageline/domain'
import { SystemError } from '@stageline/domain'
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Change } from './change.ts'
import type { Happening } from './happening.ts'
import type { JobWrite, Message, WriteOutcome } from './ports/index.ts'
import { createRecorder } from './recorder.ts'
import { submitJobs } from './submit-jobs.ts'
import { MemoryJobStore, MemoryQueue, MemoryWorkflowCatalog, quietObserver, roomForAll } from './testing/index.ts'

const FLOW = {
  key: 'flow',
  steps: [
    { key: 'a', stage: 'alpha' },
    { key: 'b', stage: 'alpha' },
    { key: 'c', stage: 'gamma', dependsOn: ['a', 'b'] },
  ],
}

/** A recorder over memory, whose store a test may bend, and a job with two steps queued. */
async function setup() {
  const store = new MemoryJobStore()
  const queue = new MemoryQueue()
  const observer = quietObserver()
  const workflows = new MemoryWorkflowCatalog([FLOW])
  const workflow = (await workflows.latest('t', 'flow'))!
  const statements: number[] = []
  let bend: (writes: readonly JobWrite[], go: () => Promise<WriteOutcome[]>) => Promise<WriteOutcome[]> = (_, go) =>
    go()
  const bent = {
    now: () => store.now(),
    async record(writes: readonly JobWrite[], messages?: readonly Message[]) {
      statements.push(writes.length)
      return bend(writes, () => store.record(writes, messages))
    },
  }
  const bundleOf = () => 100
  const told: string[] = []
  const interrupt = (stage: string, jobId: string) => void told.push(`${stage} ${jobId}`)
  const recorder = () => createRecorder({ store: bent, queue, observer, bundleOf, interrupt })
  const engine = {
    store,
    workflows,
    queue,
    record: recorder(),
    reader: store,
    writer: store,
    observer,
    bundleOf,
    backlog: roomForAll,
  }
  const submit = async (): Promise<Job> => {
    const order = { tenantId: 't', workflow: 'flow', input: {}, origin: 'api', actor: 'person' }
    const [accepted] = await submitJobs([order], engine)
    assert.ok(accepted && 'jobId' in accepted)
    return (await store.read([{ tenantId: 't', jobId: accepted.jobId }]))[0]!
  }
  const job = await submit()
  queue.take()
  const change = (of: Job, happening: Happening): Change => ({ workflow, job: of, happening })
  const read = async (of = job): Promise<Job> => (await store.read([{ tenantId: 't', jobId: of.id }]))[0]!
  return {
    store,
    queue,
    observer,
    told,
    statements,
    recorder,
    record: engine.record,
    job,
    submit,
    change,
    read,
    bendStore: (next: typeof bend) => void (bend = next),
  }
}

const ended = (step: string, output: unknown = {}, fence = 1): Happening => {
  return { kind: 'succeeded', step, fence, startedAt: '2026-01-01T00:00:00.000Z', output, worker: 'w' }
}
const claimed = (step: string): Happening => ({
  kind: 'claimed',
  step,
  fence: 1,
  leaseMs: 10_000,
  crashed: false,
  worker: 'w',
})
const by = { actor: 'person', reason: null }
const states = (job: Job) => Object.values(job.steps).map(({ state }) => state)

suite('outcomes of one job that meet', () => {
  test('two parents that end in one process are written in one statement, and their child is sent once', async () => {
    const { record, change, job, statements, queue, read } = await setup()

    const outcomes = await Promise.all([record(change(job, ended('a'))), record(change(job, ended('b')))])

    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['recorded', 'recorded'],
    )
    assert.deepEqual(statements, [1])
    const after = await read()
    assert.deepEqual(states(after), ['completed', 'completed', 'queued'])
    assert.equal(after.revision, job.revision + 1)
    assert.deepEqual(
      queue.take().map(({ message }) => message.steps),
      [[[job.id, 'c', 1]]],
    )
    assert.equal(after.steps['c']!.message, queue.sent.at(-1)!.id)
  })

  test('two parents that end in two processes: the loser reads again, nothing is lost, and the child is sent once', async () => {
    const { recorder, change, job, queue, store, read } = await setup()
    const [one, other] = [recorder(), recorder()]

    const outcomes = await Promise.all([
      one(change(job, ended('a', { n: 1 }))),
      other(change(job, ended('b', { n: 2 }))),
    ])

    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['recorded', 'recorded'],
    )
    const [loaded] = await store.load([{ tenantId: 't', jobId: job.id, step: 'c', fence: 1 }])
    assert.deepEqual(loaded!.outputs, { a: { n: 1 }, b: { n: 2 } })
    assert.deepEqual(states(await read()), ['completed', 'completed', 'queued'])
    assert.equal(queue.take().length, 1)
  })

  test('of two processes that claim one step, one has it', async () => {
    const { recorder, change, job } = await setup()

    const outcomes = await Promise.all([recorder(), recorder()].map((record) => record(change(job, claimed('a')))))

    assert.deepEqual(outcomes.map(({ kind }) => kind).toSorted(), ['recorded', 'stale'])
  })

  test('of two outcomes of one step, one counts', async () => {
    const { record, change, job, store } = await setup()

    const outcomes = await Promise.all([record(change(job, ended('a', 1))), record(change(job, ended('a', 2)))])

    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['recorded', 'stale'],
    )
    assert.equal(store.history(job.id).filter(({ step }) => step === 'a').length, 1)
  })

  test('a task that is opened and settled at once is written in two steps, so that it closes', async () => {
    const { record, change, job, statements, store } = await setup()
    const failure = { kind: 'data' as const, code: 'x.y', message: 'm' }
    const startedAt = '2026-01-01T00:00:00.000Z'
    const failed: Happening = { kind: 'failed', step: 'a', fence: 1, startedAt, failure, worker: 'w' }

    const outcomes = await Promise.all([
      record(change(job, failed)),
      record(change(job, { kind: 'verdict', step: 'a', verdict: 'skip', ...by })),
    ])

    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['recorded', 'recorded'],
    )
    assert.equal(statements.length, 2)
    assert.deepEqual(
      store.tasks.ofJob(job.id).map(({ state, verdict }) => [state, verdict]),
      [['completed', 'skip']],
    )
  })

  test('an action that the others leave no room for is refused once they are written', async () => {
    const { record, change, job } = await setup()

    const outcomes = await Promise.all([
      record(change(job, { kind: 'cancelled', ...by })),
      record(change(job, { kind: 'retried', ...by })),
      record(change(job, ended('a'))),
    ])

    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['recorded', 'refused', 'stale'],
    )
  })
})

suite('what the database cannot hold', () => {
  test('an unstorable output takes neither its job nor its neighbours with it', async () => {
    const { record, change, job, submit, read } = await setup()
    const neighbour = await submit()

    const outcomes = await Promise.all([
      record(change(job, ended('a', 'nul \u0000'))),
      record(change(job, ended('b'))),
      record(change(neighbour, ended('a'))),
    ])

    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['unstorable', 'recorded', 'recorded'],
    )
    assert.deepEqual(states(await read()), ['queued', 'completed', 'pending'])
  })

  test('an output that is no JSON at all is told to its own step, and the recorder goes on', async () => {
    const { record, change, job } = await setup()
    const circle: Record<string, unknown> = {}
    circle['self'] = circle

    const outcomes = await Promise.all([
      record(change(job, ended('a', circle))),
      record(change(job, ended('a', 1n))),
      record(change(job, ended('b'))),
    ])

    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['unstorable', 'unstorable', 'recorded'],
    )
  })

  test('a fault in one change is thrown to its own caller only', async () => {
    const { record, change, job } = await setup()

    const [fault, good] = await Promise.allSettled([
      record(change(job, claimed('zz'))),
      record(change(job, ended('b'))),
    ])

    assert.equal(fault.status, 'rejected')
    assert.equal(good.status === 'fulfilled' && good.value.kind, 'recorded')
  })

  test('a job that is gone makes its outcome stale', async () => {
    const { record, change, job } = await setup()

    const outcome = await record(change({ ...job, id: 'none' }, ended('a')))

    assert.deepEqual(outcome, { kind: 'stale' })
  })
})

suite('when stores are away', () => {
  const away = () => new SystemError('store.unavailable', 'The database is away')

  test('what was done while the database was away is written when it is back', async () => {
    const { record, change, job, bendStore, observer, read } = await setup()
    let tries = 0
    bendStore(async (_, go) => {
      tries += 1
      if (tries === 1) throw away()
      return go()
    })

    const outcome = await record(change(job, ended('a')))

    assert.equal(outcome.kind, 'recorded')
    assert.equal(states(await read())[0], 'completed')
    assert.deepEqual(observer.troubles, ['store.unavailable'])
  })

  for (const [what, happenings, sends] of [
    ['that queues a step', [ended('a'), ended('b')], 1],
    ['that queues nothing', [ended('a')], 0],
    ['that is a claim', [claimed('a')], 0],
  ] as const) {
    test(`a commit ${what} and whose answer was lost is known again as our own`, async () => {
      const { record, change, job, bendStore, queue, store, statements } = await setup()
      bendStore(async (_, go) => {
        const outcomes = await go()
        if (statements.length === 1) throw away()
        return outcomes
      })

      const outcomes = await Promise.all(happenings.map((one) => record(change(job, one))))

      for (const { kind } of outcomes) assert.equal(kind, 'recorded')
      assert.equal(statements.length, 2)
      assert.equal(queue.take().length, sends)
      assert.equal(new Set(store.history(job.id).map(({ seq }) => seq)).size, store.history(job.id).length)
    })
  }

  test('a claim whose answer was lost is our own, though a neighbour of its step was written since', async () => {
    const { record, change, job, bendStore, recorder, read, statements } = await setup()
    bendStore(async (_, go) => {
      const outcomes = await go()
      if (statements.length > 1) return outcomes
      await recorder()(change(await read(), ended('b')))
      throw away()
    })

    const outcome = await record(change(job, claimed('a')))

    assert.equal(outcome.kind, 'recorded')
    assert.deepEqual(states(await read()), ['processing', 'completed', 'pending'])
  })

  test("another's claim is not taken for our own, even when our answer was lost", async () => {
    const { recorder, record, change, job, bendStore, statements, store } = await setup()
    await recorder()(change(job, claimed('a')))
    store.setNow(new Date(store.now().getTime() + 1))
    bendStore(async (_, go) => {
      if (statements.length === 2) throw away()
      return go()
    })

    const outcome = await record(change(job, claimed('a')))

    assert.equal(outcome.kind, 'stale')
  })

  test('a queue that is away fails no record; the row names the message for repair to send', async () => {
    const { record, change, job, queue, observer, read, store } = await setup()
    queue.isAway = true

    const outcomes = await Promise.all([record(change(job, ended('a'))), record(change(job, ended('b')))])

    assert.ok(outcomes.every(({ kind }) => kind === 'recorded'))
    const { steps } = await read()
    store.setNow(new Date(store.now().getTime() + 3_000))
    const looked = await store.takeUnchecked(10)
    assert.ok(looked.some(({ id, jobs }) => id === steps['c']!.message && jobs.includes(job.id)))
    assert.deepEqual(observer.troubles, ['queue.unavailable'])
  })

  test('a shared message carries only the steps whose write won', async () => {
    const { record, recorder, change, job, submit, queue } = await setup()
    const other = await submit()
    await recorder()(change(job, ended('b')))
    await recorder()(change(other, ended('b')))
    const stale = { ...job, steps: { ...job.steps, b: { ...job.steps['b']!, state: 'completed' as const } } }
    const [fresh, late] = [
      { ...other, revision: other.revision + 1, steps: { ...other.steps, b: stale.steps.b } },
      stale,
    ]
    queue.take()

    await Promise.all([record(change(fresh, ended('a'))), record(change(late, ended('a')))])

    const carried = queue.take().map(({ message }) => message.steps.map(([jobId]) => jobId))
    assert.deepEqual(carried, [[other.id], [job.id]])
  })
})

test('whoever works a step is told when others take it away, and not of what it does itself', async () => {
  const { job, change, recorder, read, told } = await setup()
  const record = recorder()
  const claim = (step: string) =>
    ({ kind: 'claimed', step, fence: 1, leaseMs: 10_000, crashed: false, worker: 'w' }) as const
  await record(change(job, claim('a')))
  await record(change(await read(), claim('b')))
  const ended = { kind: 'succeeded', step: 'b', fence: 2, startedAt: '2026-01-01T00:00:00.000Z', worker: 'w' } as const
  await record(change(await read(), { ...ended, output: {} }))
  assert.deepEqual(told, [])

  await record(change(await read(), { kind: 'cancelled', actor: 'person', reason: null }))

  assert.deepEqual(told, [`alpha ${job.id}`])
})
