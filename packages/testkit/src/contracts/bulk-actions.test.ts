import { newId, type Job } from '@stageline/domain'
import { createRecorder, type Recorded } from '@stageline/engine'
import type { JobStore } from '@stageline/engine/ports'
import { MemoryBulkActions, MemoryJobStore, MemoryWorkflowCatalog, quietObserver } from '@stageline/engine/testing'
import {
  createBulkActions,
  createBulkQueue,
  createJobStore,
  createRecordWriter,
  createWorkflowCatalog,
  DEFAULT_TENANT_ID,
  openDatabase,
} from '@stageline/store'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { failureOf, newJobOf } from '../job-fixture.ts'
import { createTestDatabase } from '../test-database.ts'
import { bulkActionsContract, type BulkUnderTest } from './bulk-actions.ts'

const TWO_STEPS = {
  key: 'two-steps',
  steps: [
    { key: 'first', stage: 'alpha' },
    { key: 'second', stage: 'beta', dependsOn: ['first'] },
  ],
}

type Parts = { accepting: JobStore; store: JobStore; workflows: Pick<MemoryWorkflowCatalog, 'latest'> }

/** Jobs over a record, as an orchestrator changes them. */
function jobsOver({
  accepting,
  store,
  workflows,
}: Parts): Pick<BulkUnderTest, 'submit' | 'fail' | 'cancel' | 'stateOf'> {
  const tenantId = DEFAULT_TENANT_ID
  const workflow = async () => (await workflows.latest(tenantId, TWO_STEPS.key))!
  const observer = quietObserver()
  const record = createRecorder({ store, queue: { send: async () => {} }, observer, bundleOf: () => 100 })
  const read = async (jobId: string): Promise<Job> => (await store.read([{ tenantId, jobId }]))[0]!
  return {
    submit: async (count, { priority = 0.5, ...about } = {}) => {
      const definition = await workflow()
      const jobs = Array.from({ length: count }, () =>
        newJobOf(definition, accepting.now(), { ...about, seed: { tenantId, priority } }),
      )
      await accepting.accept(tenantId, jobs)
      return jobs.map(({ job }) => job.id).toSorted()
    },
    fail: async (jobId) =>
      void (await store.record([failureOf(await workflow(), await read(jobId), 'first', store.now())])),
    cancel: async (jobId, id) => {
      const bulk = { id, states: ['queued', 'processing', 'suspended'] as const }
      const happening = { kind: 'cancelled', actor: 'tester', reason: null, bulk } as const
      const made: Recorded = await record({ workflow: await workflow(), job: await read(jobId), happening })
      return made.kind
    },
    stateOf: async (jobId) => (await read(jobId)).state,
  }
}

bulkActionsContract('memory', async () => {
  const store = new MemoryJobStore()
  const memory = new MemoryBulkActions(store)
  return {
    ...jobsOver({ accepting: store, store, workflows: new MemoryWorkflowCatalog([TWO_STEPS]) }),
    tenantId: DEFAULT_TENANT_ID,
    actions: memory.actions,
    queue: memory,
    pass: async (ms: number) => store.setNow(new Date(store.now().getTime() + ms)),
    [Symbol.asyncDispose]: async () => {},
  }
})

async function openPostgres() {
  const stack = new AsyncDisposableStack()
  const database = stack.use(await createTestDatabase())
  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  stack.defer(() => admin.end())
  const gateway = stack.use(openDatabase({ url: database.gatewayUrl, role: 'gateway', applicationName: 'contract' }))
  const worker = stack.use(openDatabase({ url: database.workerUrl, role: 'worker', applicationName: 'contract' }))
  await Promise.all([gateway.ping(), worker.ping()])
  await createRecordWriter(gateway).saveWorkflow(
    DEFAULT_TENANT_ID,
    { status: 'active', onFailure: 'review', ...TWO_STEPS, steps: TWO_STEPS.steps.map(stepOf) },
    'tester',
    null,
  )
  const workflows = createWorkflowCatalog(gateway)
  return {
    ...jobsOver({ accepting: createJobStore(gateway), store: createJobStore(worker), workflows }),
    tenantId: DEFAULT_TENANT_ID,
    actions: createBulkActions(gateway),
    queue: createBulkQueue(worker),
    pass: async (ms: number) => {
      await admin.query(`UPDATE clock_offset SET shift = shift + $1 * interval '1 ms'`, [ms])
      await Promise.all([gateway.ping(), worker.ping()])
    },
    admin,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

const stepOf = ({ key, stage, dependsOn = [] }: { key: string; stage: string; dependsOn?: string[] }) => ({
  key,
  stage,
  dependsOn,
  config: {},
  optional: false,
  skipWithParent: false,
  review: 'never' as const,
})

bulkActionsContract('Postgres', openPostgres)

test('Postgres: another tenant sees, counts and stops nothing', async () => {
  await using given = await openPostgres()
  const { tenantId, actions, queue, submit, admin } = given
  const other = newId()
  await admin.query(`INSERT INTO tenants (id, key) VALUES ($1, 'other')`, [other])
  await submit(2)
  const action = { id: newId(), kind: 'cancel', filter: { state: ['queued'] }, reason: null, actor: 'x' } as const
  await actions.begin(tenantId, action, null)
  await queue.choose((await queue.take('a', 20_000))!, 'a', 20_000, 10)
  const foreign = { ...action, id: newId() }
  await actions.begin(other, foreign, null)
  await queue.choose((await queue.take('a', 20_000))!, 'a', 20_000, 10)

  assert.deepEqual([await actions.get(other, action.id), await actions.stop(other, action.id, 'x')], [undefined, false])
  assert.deepEqual(await actions.items(other, action.id, null, 10), [])
  assert.equal((await actions.count(other, {})).count, 0)
  assert.deepEqual(
    [(await actions.get(tenantId, action.id))?.total, (await actions.get(other, foreign.id))?.total],
    [2, 0],
  )
})
