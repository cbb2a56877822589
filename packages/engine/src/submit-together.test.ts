import { DataError } from '@stageline/domain'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NewJob } from './ports/index.ts'
import { submitTogether } from './submit-together.ts'
import { engineInMemory } from './testing/index.ts'

const FLOW = { key: 'flow', steps: [{ key: 'a', stage: 'alpha' }] }
const order = (n: number, tenantId = 't') =>
  [{ tenantId, workflow: 'flow', input: { n }, origin: 'api', actor: 'person' }] as const

/** Submits single requests; `stored` are the groups that reached the store, by what they were given. */
function setup() {
  const engine = engineInMemory(FLOW)
  const stored: unknown[][] = []
  const store = engine.store
  const accept = store.accept.bind(store)
  store.accept = async (tenantId: string, jobs: readonly NewJob[]) => {
    stored.push(jobs.map(({ input }) => (input as { n: number }).n))
    if (jobs.some(({ input }) => (input as { n: number }).n < 0)) throw new DataError('job.unstorable', 'No')
    return accept(tenantId, jobs)
  }
  return { engine, stored, submit: submitTogether(engine) }
}

test('single requests that come at once are stored together, and each gets its own answer', async () => {
  const { engine, stored, submit } = setup()

  const answers = await Promise.all([1, 2, 3].map((n) => submit(order(n))))

  assert.deepEqual(stored, [[1, 2, 3]])
  const ids = answers.map(([answer]) => (answer?.kind === 'accepted' ? answer.jobId : answer?.kind))
  const payloads = ids.map((id) => engine.store.about(id!)?.input)
  assert.deepEqual(payloads, [{ n: 1 }, { n: 2 }, { n: 3 }])
})

test('tenants are never stored together', async () => {
  const { stored, submit } = setup()

  await Promise.all([submit(order(1, 't')), submit(order(2, 'other')), submit(order(3, 't'))])

  assert.deepEqual(new Set(stored.map(String)), new Set(['1,3', '2']))
})

test('one that cannot be stored is refused alone', async () => {
  const { submit } = setup()

  const [good, bad, unknown, other] = await Promise.allSettled([
    submit(order(1)),
    submit(order(-1)),
    submit([{ ...order(2)[0], workflow: 'none' }]),
    submit(order(3)),
  ])

  assert.deepEqual(
    [good, other].map((one) => one.status === 'fulfilled' && one.value[0]!.kind),
    ['accepted', 'accepted'],
  )
  assert.deepEqual(
    [bad, unknown].map((one) => one.status === 'rejected' && (one.reason as DataError).code),
    ['job.unstorable', 'workflow.unknown'],
  )
})
