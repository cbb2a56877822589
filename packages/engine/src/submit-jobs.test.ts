import { DataError } from '@stageline/domain'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Backlog } from './backlog.ts'
import type { Message } from './ports/index.ts'
import type { SubmitRequest } from './submit-jobs.ts'
import { submitJobs } from './submit-jobs.ts'
import { engineInMemory } from './testing/index.ts'

const FLOW = {
  key: 'flow',
  steps: [{ key: 'a', stage: 'alpha', when: { type: 'cel' as const, expression: 'input.n > 0' } }],
  inputSchema: { type: 'object', required: ['n'], properties: { n: {} } },
}
const PART = { key: 'part', steps: [{ key: 'a', stage: 'alpha' }], policy: { name: 'completeness-v2' } }
const order = (more: Partial<SubmitRequest> = {}): SubmitRequest => {
  return { tenantId: 't', workflow: 'flow', input: { n: 1 }, origin: 'api', actor: 'person', ...more }
}

test('an accepted job is stored with its first entry, and its first step is sent', async () => {
  const engine = engineInMemory(FLOW)
  const job = await engine.submit({ input: { n: 1 } })

  assert.deepEqual([job.state, job.revision, job.steps['a']!.fence], ['queued', 1, 1])
  assert.deepEqual(
    engine.store.history(job.id).map(({ event, jobFrom, jobTo }) => [event, jobFrom, jobTo]),
    [['accepted', 'created', 'queued']],
  )
  assert.deepEqual(engine.queue.sent, [
    { id: job.steps['a']!.message, stage: 'alpha', tenantId: 't', workflow: 'flow', steps: [[job.id, 'a', 1]] },
  ])
})

test('what its sender calls the whole of it stands in the first entry of a job', async () => {
  const engine = engineInMemory(FLOW)
  await submitJobs([order({ correlationId: 'order-17' }), order()], engine)

  const ids = engine.queue.sent.flatMap(({ steps }) => steps.map(([id]) => id))

  assert.deepEqual(
    ids.map((id) => engine.store.history(id)[0]?.data),
    [{ correlationId: 'order-17' }, null],
  )
})

test('many jobs share a message, and only those that were accepted are in it', async () => {
  const engine = engineInMemory(FLOW)
  const idempotency = { operation: 'bulk', key: 'k', fingerprint: 'f' }

  const results = await submitJobs(
    [order({ idempotency }), order({ input: {} }), order({ idempotency }), order()],
    engine,
  )

  assert.deepEqual(
    results.map(({ kind }) => kind),
    ['accepted', 'invalid', 'replayed', 'accepted'],
  )
  assert.deepEqual(
    engine.queue.sent.map(({ steps }) => steps.length),
    [2],
  )
})

test('a job is accepted soon though the queue says nothing, and is sent when it does', { timeout: 5_000 }, async () => {
  const engine = engineInMemory(FLOW)
  const { promise: silence, resolve: speak } = Promise.withResolvers<void>()
  const { queue, observer } = engine
  const silent = { send: (messages: readonly Message[]) => silence.then(() => queue.send(messages)) }

  const [accepted] = await submitJobs([order()], { ...engine, queue: silent })

  assert.equal(accepted!.kind, 'accepted')
  assert.deepEqual([queue.sent.length, observer.troubles], [0, []])
  speak()
  await silence
  assert.equal(queue.sent.length, 1)
})

test('a job is accepted though the queue is away; the row names the message for repair', async () => {
  const engine = engineInMemory(FLOW)
  engine.queue.isAway = true

  const job = await engine.submit({ input: { n: 1 } })

  assert.ok(job.steps['a']!.message)
  assert.deepEqual(engine.observer.troubles, ['queue.unavailable'])
})

test('inputs that do not fit are told where, and nothing is stored', async () => {
  const engine = engineInMemory(FLOW)

  const results = await submitJobs(
    [order({ input: {} }), order({ input: 'text' }), order({ input: [] }), order({ input: { n: 'x'.repeat(2_000) } })],
    engine,
  )

  const pointers = results.map((one) => (one.kind === 'invalid' ? one.problems[0]!.pointer : one.kind))
  assert.deepEqual(pointers, ['/n', '', '', '/n'])
  assert.deepEqual(engine.store.jobs(), [])
})

test('an unknown workflow is a data error', async () => {
  await assert.rejects(submitJobs([order({ workflow: 'none' })], engineInMemory(FLOW)), (error) => {
    return error instanceof DataError && error.code === 'workflow.unknown'
  })
})

test('a workflow chooses its policy by name', async () => {
  const engine = engineInMemory({ ...PART, policy: { name: 'priority-threshold-v1' } })
  const [urgent, other] = [
    await engine.submit({ input: { record: {} }, priority: 0.8 }),
    await engine.submit({ input: { record: {} }, priority: 0.7 }),
  ]

  const rules = [urgent, other].map(({ id }) => engine.store.about(id)!.decisions[0]!.decision.rule)
  assert.deepEqual([rules, urgent.state, other.state], [['priority_high', 'priority_low'], 'queued', 'suspended'])
})

test('the intake policy decides and is recorded; a person may force the other way', async () => {
  const engine = engineInMemory(PART)
  const routed = await engine.submit({ input: { record: {} }, priority: 0.1 })
  const forced = await engine.submit({ input: { record: {} }, priority: 0.1, force: 'automation' })

  assert.equal(routed.state, 'suspended')
  assert.deepEqual(
    engine.store.tasks.ofJob(routed.id).map(({ type }) => type),
    ['intake'],
  )
  assert.equal(forced.state, 'queued')
  assert.equal(engine.store.about(forced.id)!.decisions[0]!.decision.forcedBy, 'person')
})

test('a plan that a job brings wins over those of its step, its stage and its workflow', async () => {
  const step = { key: 'a', stage: 's', retry: { maxAttempts: 9, baseMs: 1 } }
  const engine = engineInMemory({ key: 'one', steps: [step], retry: { maxAttempts: 8 } })
  const job = await engine.submit({ retry: { maxAttempts: 1 } })
  const workflow = await engine.workflows.version('t', 'one', 1)
  const failure = { kind: 'transient' as const, code: 'x.down', message: 'down' }
  const startedAt = engine.store.now().toISOString()

  await engine.record({
    workflow,
    job,
    happening: { kind: 'failed', step: 'a', fence: 1, startedAt, failure, worker: 'w' },
    rules: { retry: { stage: { maxAttempts: 7 } } },
  })

  assert.equal((await engine.look(job)).steps['a']?.state, 'suspended')
})

test('an inactive workflow takes no new jobs', async () => {
  const engine = engineInMemory({ key: 'one', status: 'inactive', steps: [{ key: 'a', stage: 's' }] })

  await assert.rejects(engine.submit(), { code: 'workflow.inactive' })
})

test('where the backlog is full the first are accepted, the rest refused whole, and what came before is answered', async () => {
  const engine = engineInMemory(FLOW)
  const key = (name: string) => ({ idempotency: { operation: 'bulk', key: name, fingerprint: 'f' } })
  const earlier = await engine.submit({ input: { n: 1 }, ...key('earlier') })
  const full = { of: 'tenant', bound: 3, retryAfterS: 7 } as const
  const backlog: Backlog = { within: (_tenantId, _wanted, store) => store(2, full) }
  const requests = [order(key('new')), order({ input: {} }), order(key('earlier')), order(), order(key('late'))]

  const results = await submitJobs(requests, { ...engine, backlog })

  assert.deepEqual(
    results.map(({ kind }) => kind),
    ['accepted', 'invalid', 'replayed', 'accepted', 'full'],
  )
  assert.deepEqual(results[2], { kind: 'replayed', jobId: earlier.id })
  assert.equal(engine.store.jobs().length, 3)
  const [again] = await submitJobs([requests[4]!], engine)
  assert.equal(again?.kind, 'accepted', 'a refused request holds no key')
})
