import type { Verdict } from '@stageline/domain'
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { resolveTask } from './resolve-task.ts'
import { engineInMemory } from './testing/index.ts'

const REVIEW = { key: 'flow', steps: [{ key: 'a', stage: 'alpha', review: 'after' as const }] }
const PART = { key: 'part', steps: [{ key: 'a', stage: 'alpha' }], policy: { name: 'completeness-v2' } }
const OUTPUT = { fields: { total: { value: 1, confidence: 0.4 } }, kind: 'invoice' }
const SEPARATE = { ...REVIEW, separateDuties: true }

/** A job whose output waits for a person's word, and its task. */
async function setup(
  definition: typeof REVIEW | typeof PART = REVIEW,
  output: { fields: object; kind: string } = OUTPUT,
) {
  const engine = engineInMemory(definition)
  const job = await engine.submit({ input: { record: { number: 'A-1' } }, priority: 0.1 })
  if (definition !== PART) {
    const workflow = (await engine.workflows.latest('t', 'flow'))!
    const startedAt = engine.store.now().toISOString()
    const happening = { kind: 'succeeded', step: 'a', fence: 1, startedAt, output, worker: 'w' } as const
    await engine.record({ workflow, job, happening })
  }
  engine.store.stageViews.push({
    stage: 'alpha',
    paused: false,
    pausedBy: null,
    pauseReason: null,
    pausedAt: null,
    pausedUntil: null,
    limit: null,
    limited: null,
    breaker: {
      state: 'closed',
      since: null,
      by: null,
      code: null,
      reason: null,
      times: 0,
      nextProbeAt: null,
      probeBy: null,
      probeUntil: null,
    },
    inputSchema: { type: 'object' },
    outputSchema: { type: 'object', required: ['fields'] },
    bundle: 100,
    workers: [],
  })
  const task = engine.store.tasks.ofJob(job.id)[0]!
  const resolve = (verdict: Verdict, more: object = {}) =>
    resolveTask({ tenantId: 't', taskId: task.id, verdict, actor: 'person', reason: null, ...more }, engine)
  return { ...engine, job, task, resolve }
}

suite('a verdict', () => {
  test('accept with corrected fields: the output changes, and the task keeps what stood there', async () => {
    const { resolve, look, job, store } = await setup()

    const outcome = await resolve('accept', { fields: { total: 2 } })

    assert.equal(outcome.kind, 'done')
    const { corrections, state, verdict, verdictBy } = store.tasks.ofJob(job.id)[0]!
    assert.deepEqual([state, verdict, verdictBy], ['completed', 'accept', 'person'])
    assert.deepEqual(corrections, [
      { path: '/fields/total/value', from: 1, to: 2 },
      { path: '/fields/total/confidence', from: 0.4, to: 1 },
      { path: '/fields/total/source', from: null, to: { method: 'person' } },
    ])
    const { result, state: jobState } = await look(job)
    assert.equal(jobState, 'completed')
    const data = store.history(job.id).find(({ seq }) => seq === result)!.data as typeof OUTPUT
    assert.deepEqual([data.fields.total.value, data.kind], [2, 'invoice'])
  })

  test('a corrected field keeps the place where its value was read', async () => {
    const source = { method: 'text', page: 1, text: '1.00' }
    const fields = { 'net/total': { value: 1, confidence: 0.4, source }, tax: { value: 2, confidence: 0.4, source } }
    const { resolve, job, store } = await setup(REVIEW, { fields, kind: 'invoice' })

    await resolve('accept', { fields: { 'net/total': 2 }, reason: 'Misread' })

    const { corrections, verdictReason } = store.tasks.ofJob(job.id)[0]!
    assert.deepEqual(corrections[0], { path: '/fields/net~1total/value', from: 1, to: 2, place: source })
    assert.deepEqual([verdictReason, corrections.filter(({ place }) => place).length], ['Misread', 1])
  })

  test('who submitted the job does not settle its tasks where the workflow keeps duties apart', async () => {
    const { resolve, look, job } = await setup(SEPARATE)

    const own = await resolve('accept')
    const another = await resolve('accept', { actor: 'another' })

    assert.deepEqual([own.kind, another.kind], ['own_submission', 'done'])
    assert.equal((await look(job)).state, 'completed')
  })

  test("accept with an output that does not fit the stage's schema changes nothing", async () => {
    const { resolve, look, job, task, store } = await setup()

    const outcome = await resolve('accept', { output: { other: 1 } })

    assert.equal(outcome.kind === 'invalid' && outcome.problems[0]!.pointer.startsWith('/output'), true)
    assert.equal((await look(job)).state, 'suspended')
    assert.equal(store.tasks.find(task.id)!.state, 'new')
  })

  test('retry with an edited input runs the step on that input', async () => {
    const { resolve, store, job } = await setup()

    await resolve('retry', { input: { record: { number: 'B-2' } } })

    const [loaded] = await store.load([{ tenantId: 't', jobId: job.id, step: 'a', fence: 3 }])
    assert.deepEqual(loaded!.editedInput, { record: { number: 'B-2' } })
    assert.deepEqual(store.tasks.ofJob(job.id)[0]!.corrections, [{ path: '/record/number', from: 'A-1', to: 'B-2' }])
  })

  test('of two people one wins; the other is told', async () => {
    const { resolve } = await setup()

    const outcomes = await Promise.all([resolve('accept'), resolve('discard', { actor: 'another' })])

    assert.deepEqual(outcomes.map(({ kind }) => kind).toSorted(), ['done', 'refused'])
  })

  test('a task that is closed says by whom', async () => {
    const { resolve } = await setup()
    await resolve('skip')

    const outcome = await resolve('accept')

    assert.deepEqual(outcome.kind === 'refused' && [outcome.code, outcome.message], [
      'task.closed',
      'The task is completed, by person',
    ])
  })

  test('a task that another holds stays with them until their time is up', async () => {
    const { resolve, store, task } = await setup()
    store.tasks.claim(task.id, 'another', new Date(store.now().getTime() + 60_000))
    assert.equal((await resolve('accept')).kind, 'held')

    store.setNow(new Date(store.now().getTime() + 60_001))

    assert.equal((await resolve('accept')).kind, 'done')
  })

  test('a verdict does not settle the next task of a step that ran again meanwhile', async () => {
    const engine = await setup()
    const { job, task, record, store, look } = engine
    const workflow = await engine.workflows.version('t', job.workflow, job.version)
    const read: typeof store.read = async (refs) => {
      await record({ workflow, job: await look(job), happening: { kind: 'retried', actor: 'another', reason: null } })
      const { fence } = (await look(job)).steps['a']!
      const startedAt = store.now().toISOString()
      const happening = { kind: 'succeeded', step: 'a', fence, startedAt, output: { fields: {} }, worker: 'w' } as const
      await record({ workflow, job: await look(job), happening })
      return store.read(refs)
    }
    const late = Object.assign(Object.create(store) as typeof store, {
      read,
      load: store.load.bind(store),
      now: () => store.now(),
    })

    const outcome = await resolveTask(
      { tenantId: 't', taskId: task.id, verdict: 'discard', actor: 'person', reason: null },
      { ...engine, store: late },
    )

    assert.equal(outcome.kind === 'refused' && outcome.code, 'task.step_moved_on')
    assert.equal((await look(job)).state, 'suspended')
  })

  test('a task that nobody knows is unknown', async () => {
    const { resolve } = await setup()

    assert.deepEqual(await resolve('accept', { taskId: 'none' }), { kind: 'unknown' })
  })
})

test('intake: values laid over the record are the result, and the corrections name each of them', async () => {
  const { resolve, look, job, store } = await setup(PART)

  const outcome = await resolve('accept', { fields: { number: 'A-2', maker: 'Sample Works' } })

  assert.equal(outcome.kind, 'done')
  assert.deepEqual(store.tasks.ofJob(job.id)[0]!.corrections, [
    { path: '/record/number', from: 'A-1', to: 'A-2' },
    { path: '/record/maker', from: null, to: 'Sample Works' },
  ])
  const { state, result } = await look(job)
  assert.equal(state, 'completed')
  assert.deepEqual(store.history(job.id).find(({ seq }) => seq === result)!.data, {
    record: { number: 'A-2', maker: 'Sample Works' },
  })
})
