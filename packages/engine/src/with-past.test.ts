import { BUILT_IN_POLICIES, type Decision, type Policy } from '@stageline/domain'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { submitJobs, type SubmitRequest } from './submit-jobs.ts'
import { engineInMemory, MemoryWorkflowCatalog } from './testing/index.ts'

const PART = { key: 'part', steps: [{ key: 'a', stage: 'alpha' }], policy: { name: 'completeness-v2' } }
const FREE = { key: 'free', steps: [{ key: 'a', stage: 'alpha' }] }
const HALF = { record: { mpn: 'NX-1', description: 'A resistor', manufacturer: 'Bolts Inc' } }
const order = (more: Partial<SubmitRequest> = {}): SubmitRequest => {
  return { tenantId: 't', workflow: 'part', input: HALF, origin: 'api', actor: 'person', ...more }
}

const FIELDS = { required: ['seller', 'total'], optional: ['due'] }
const BILL = { ...PART, key: 'bill', policy: { ...PART.policy, fields: FIELDS } }

function setup(maxDailyTasks?: number) {
  const policies = BUILT_IN_POLICIES.map((policy): Policy => (maxDailyTasks ? { ...policy, maxDailyTasks } : policy))
  const engine = { ...engineInMemory(), workflows: new MemoryWorkflowCatalog([PART, FREE, BILL], policies) }
  const submit = (requests: readonly SubmitRequest[]) => submitJobs(requests, engine)
  const accepted = async (more: Partial<SubmitRequest> = {}): Promise<string> => {
    const [outcome] = await submit([order(more)])
    assert.ok(outcome?.kind === 'accepted')
    return outcome.jobId
  }
  const decisionOf = (jobId: string): Decision => engine.store.about(jobId)!.decisions[0]!.decision
  /** The job's only step ends: well, or so that a person gets it. */
  const end = async (jobId: string, isWell: boolean) => {
    const [job] = await engine.store.read([{ tenantId: 't', jobId }])
    const workflow = await engine.workflows.version('t', 'part', 1)
    const { fence } = job!.steps['a']!
    const about = { step: 'a', fence, startedAt: engine.store.now().toISOString(), worker: 'w' }
    const failure = { kind: 'data' as const, code: 'x.broken', message: 'Broken' }
    const happening = isWell
      ? { kind: 'succeeded' as const, ...about, output: {} }
      : { kind: 'failed' as const, ...about, failure }
    await engine.record({ workflow, job: job!, happening })
  }
  return { engine, submit, accepted, decisionOf, end }
}

test('a source that nobody knows is as reliable as the prior, and the decision says what it was made of', async () => {
  const { accepted, decisionOf } = setup()

  const { factors } = decisionOf(await accepted({ input: { record: { manufacturer: 'Bolts Inc' } } }))

  assert.deepEqual(
    [factors.source, factors.reliability, factors.sourceOutcomes, factors.recentFailures],
    ['bolts inc', 0.5, { succeeded: 0, failed: 0 }, 0],
  )
})

test('how complete an input is follows from the fields of its workflow', async () => {
  const { accepted, decisionOf } = setup()
  const bill = { seller: 'Bolts Inc', total: 12 }
  const of = async (workflow: string, input: SubmitRequest['input']): Promise<unknown> =>
    decisionOf(await accepted({ workflow, input })).factors.completeness

  assert.deepEqual([await of('part', HALF), await of('bill', HALF)], [0.75, 0])
  assert.deepEqual([await of('bill', { record: bill }), await of('bill', bill), await of('part', bill)], [0.8, 0.8, 0])
  assert.equal(await of('bill', { record: { ...bill, seller: ' ' } }), 0.4)
})

test('what became of a source makes it more reliable', async () => {
  const { accepted, decisionOf, end } = setup()
  for (let i = 0; i < 6; i += 1) await end(await accepted({ force: 'automation' }), true)

  const known = decisionOf(await accepted())
  const other = decisionOf(await accepted({ input: { record: { ...HALF.record, manufacturer: 'Nuts Inc' } } }))

  assert.deepEqual([known.factors.reliability, known.factors.sourceOutcomes], [0.875, { succeeded: 6, failed: 0 }])
  assert.equal(other.factors.reliability, 0.5)
})

test('after three failures of a business key a person gets the next', async () => {
  const { accepted, decisionOf, end } = setup()
  const request = { businessKey: 'NX-1', input: { record: { manufacturer: 'Bolts Inc' } }, priority: 0.9 }
  for (let i = 0; i < 3; i += 1) await end(await accepted({ ...request, force: 'automation' }), false)

  const [same, other] = [
    decisionOf(await accepted(request)),
    decisionOf(await accepted({ ...request, businessKey: 'NX-2' })),
  ]

  assert.deepEqual([same.route, same.rule, same.factors.recentFailures], ['person', 'recent_failures', 3])
  assert.deepEqual([other.route, other.factors.recentFailures], ['automation', 0])
})

test('the past is asked once for all requests, and not for workflows that do not look back', async () => {
  const { engine, submit } = setup()
  const questions: number[] = []
  const ask = engine.store.pastOf.bind(engine.store)
  engine.store.pastOf = (tenantId, asked) => {
    questions.push(asked.length)
    return ask(tenantId, asked)
  }

  await submit([...Array.from({ length: 500 }, () => order()), order({ workflow: 'free' })])
  await submit([order({ workflow: 'free' })])

  assert.deepEqual(questions, [500])
})

test('a day takes in as many as the policy says; a bystander and what came before are answered', async () => {
  const { engine, submit, accepted } = setup(3)
  const idempotency = { operation: 'submit', key: 'k', fingerprint: 'f' }
  const first = await accepted({ idempotency })

  const outcomes = await submit([order(), order({ workflow: 'free' }), order({ idempotency }), order(), order()])

  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ['accepted', 'accepted', 'replayed', 'accepted', 'day_full'],
  )
  assert.deepEqual(outcomes[2], { kind: 'replayed', jobId: first })
  const day = { workflow: 'part', bound: 3, resetsAt: '2026-01-02T00:00:00.000Z', retryAfterS: 86_400 }
  assert.deepEqual(outcomes[4], { kind: 'day_full', day })
  engine.store.setNow(new Date('2026-01-02T00:00:00.000Z'))
  await accepted()
})

test('of requests at one moment exactly as many as the day has room for are taken in, and the others told when it ends', async () => {
  const { engine, submit } = setup(3)

  const answers = await Promise.all(Array.from({ length: 4 }, () => submit([order(), order()])))

  const refused = answers.flat().flatMap((answer) => (answer.kind === 'day_full' ? [answer.day] : []))
  assert.deepEqual([engine.store.jobs().length, refused.length], [3, 5])
  assert.deepEqual(refused[0], {
    workflow: 'part',
    bound: 3,
    resetsAt: '2026-01-02T00:00:00.000Z',
    retryAfterS: 86_400,
  })
})
