import assert from 'node:assert/strict'
import { test } from 'node:test'
import { replayJob } from './replay-job.ts'
import { engineInMemory } from './testing/index.ts'

const step = (key: string, ...dependsOn: string[]) => ({ key, stage: 'alpha', dependsOn, skipWithParent: true })
const FLOW = { key: 'flow', steps: [step('a'), step('b', 'a'), step('c', 'b')] }
const asked = { actor: 'person', reason: null }

/** A job that ran to its end, each step with an output of its own name. */
async function setup(definition: typeof FLOW & { inputSchema?: { type: string; required?: string[] } } = FLOW) {
  const engine = engineInMemory(definition)
  let job = await engine.submit({ input: { n: 1 } })
  const workflow = (await engine.workflows.latest('t', 'flow'))!
  for (const key of ['a', 'b', 'c']) {
    const startedAt = engine.store.now().toISOString()
    const { fence } = job.steps[key]!
    const output = { [key]: true }
    await engine.record({
      workflow,
      job,
      happening: { kind: 'succeeded', step: key, fence, startedAt, output, worker: 'w' },
    })
    job = await engine.look(job)
  }
  assert.equal(job.state, 'completed')
  return { ...engine, job }
}

test('from a step: what comes before is taken over with its outputs, the rest runs again in a new job', async () => {
  const engine = await setup()

  const replayed = await replayJob({ tenantId: 't', jobId: engine.job.id, from: 'b', ...asked }, engine)

  assert.equal(replayed.kind, 'replayed')
  const jobId = replayed.kind === 'replayed' ? replayed.jobId : ''
  const [loaded] = await engine.store.load([{ tenantId: 't', jobId, step: 'b', fence: 1 }])
  assert.deepEqual(
    Object.values(loaded!.job.steps).map(({ state }) => state),
    ['skipped', 'queued', 'pending'],
  )
  assert.deepEqual(loaded!.outputs, { a: { a: true } })
  assert.equal(engine.store.about(jobId)!.replayOf, engine.job.id)
  assert.deepEqual(await engine.look(engine.job), engine.job)
  assert.deepEqual(engine.queue.sent.at(-1)!.steps, [[jobId, 'b', 1]])
})

test('a completed job without a step named runs again as a whole, with another input where one is given', async () => {
  const engine = await setup()

  const replayed = await replayJob({ tenantId: 't', jobId: engine.job.id, input: { n: 2 }, ...asked }, engine)

  const jobId = replayed.kind === 'replayed' ? replayed.jobId : ''
  const [loaded] = await engine.store.load([{ tenantId: 't', jobId, step: 'a', fence: 1 }])
  assert.deepEqual([loaded!.input, loaded!.outputs, loaded!.job.steps['a']!.state], [{ n: 2 }, {}, 'queued'])
})

test('a cancelled job goes on where it was: what was done is taken over', async () => {
  const engine = engineInMemory(FLOW)
  const job = await engine.submit()
  const workflow = (await engine.workflows.latest('t', 'flow'))!
  const done = {
    kind: 'succeeded',
    step: 'a',
    fence: 1,
    startedAt: '2026-01-01T00:00:00.000Z',
    output: {},
    worker: 'w',
  } as const
  await engine.record({ workflow, job, happening: done })
  await engine.record({ workflow, job: await engine.look(job), happening: { kind: 'cancelled', ...asked } })

  const replayed = await replayJob({ tenantId: 't', jobId: job.id, ...asked }, engine)

  const id = replayed.kind === 'replayed' ? replayed.jobId : ''
  assert.deepEqual(
    Object.values((await engine.look({ ...job, id })).steps).map(({ state }) => state),
    ['skipped', 'queued', 'pending'],
  )
})

test('an unknown step is refused with those there are; an unknown job, and one of another tenant, is unknown', async () => {
  const engine = await setup()
  const ask = (more: object) => replayJob({ tenantId: 't', jobId: engine.job.id, ...asked, ...more }, engine)

  const refused = await ask({ from: 'zz' })
  assert.equal(refused.kind === 'refused' && refused.code, 'job.unknown_step')
  assert.deepEqual(await ask({ jobId: 'none' }), { kind: 'unknown' })
  assert.deepEqual(await ask({ tenantId: 'other' }), { kind: 'unknown' })
})

test('an input that does not fit the workflow is refused', async () => {
  const engine = await setup({ ...FLOW, inputSchema: { type: 'object', required: ['n'] } })

  const refused = await replayJob({ tenantId: 't', jobId: engine.job.id, input: {}, ...asked }, engine)

  assert.equal(refused.kind === 'refused' && refused.code, 'job.invalid_input')
})
