import { newId } from '@stageline/domain'
import { createBacklog } from '@stageline/engine'
import {
  createBacklogReader,
  createJobStore,
  createRecordWriter,
  createWorkflowCatalog,
  DEFAULT_TENANT_ID,
  openDatabase,
} from '@stageline/store'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { newJobOf, writeOf } from '../job-fixture.ts'
import { MemoryWorkflowCatalog } from '@stageline/engine/testing'
import { createTestDatabase } from '../test-database.ts'

const ONE_STEP = { key: 'one-step', steps: [{ key: 'first', stage: 'alpha' }] }
const BOUNDS = { tenant: 30, all: 40 }

/** A database with two gateways over it, each with a backlog of its own. */
async function setup() {
  const stack = new AsyncDisposableStack()
  const database = stack.use(await createTestDatabase())
  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  stack.defer(() => admin.end())
  const open = () => stack.use(openDatabase({ url: database.gatewayUrl, role: 'gateway', applicationName: 'backlog' }))
  const { definition } = new MemoryWorkflowCatalog().save(ONE_STEP)
  const gateways = [open(), open()].map((db) => ({
    db,
    store: createJobStore(db),
    reader: createBacklogReader(db),
    backlog: createBacklog(createBacklogReader(db), BOUNDS),
  }))
  const [{ db, store }] = [gateways[0]!]
  const workflowOf = async (tenantId: string) => {
    await createRecordWriter(db).saveWorkflow(tenantId, definition, 'tester', null)
    return (await createWorkflowCatalog(db).latest(tenantId, definition.key))!
  }
  const workflow = await workflowOf(DEFAULT_TENANT_ID)
  const submit = (of: (typeof gateways)[number], tenantId = DEFAULT_TENANT_ID) =>
    of.backlog.within(tenantId, 1, async (granted) => {
      if (granted === 1) await of.store.accept(tenantId, [newJobOf(workflow, store.now(), { seed: { tenantId } })])
      return granted
    })
  const addTenant = async (key: string, bound: number | null = null): Promise<string> => {
    const id = newId()
    await admin.query('INSERT INTO tenants (id, key, max_open_jobs) VALUES ($1, $2, $3)', [id, key, bound])
    await workflowOf(id)
    return id
  }
  const jobs = async () => (await admin.query<{ n: number }>('SELECT count(*)::int AS n FROM jobs')).rows[0]!.n
  return { gateways, store, workflow, submit, addTenant, jobs, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

test('a hundred submits at once through one gateway store exactly as many as there is room for', async () => {
  await using at = await setup()

  const granted = await Promise.all(Array.from({ length: 100 }, () => at.submit(at.gateways[0]!)))

  assert.deepEqual([sum(granted), await at.jobs()], [BOUNDS.tenant, BOUNDS.tenant])
})

test('two gateways exceed the bound by no more than the other stores within a second', async () => {
  await using at = await setup()

  const granted = await Promise.all(Array.from({ length: 100 }, (_, i) => at.submit(at.gateways[i % 2]!)))

  const stored = await at.jobs()
  assert.equal(sum(granted), stored)
  assert.ok(stored >= BOUNDS.tenant && stored <= 2 * BOUNDS.tenant, `${stored} stored`)
})

test('what is open and what is finished is summed for one tenant and for all, and a final job frees its place', async () => {
  await using at = await setup()
  const { reader } = at.gateways[0]!
  const other = await at.addTenant('other', 7)
  const mine = newJobOf(at.workflow, at.store.now(), { seed: { tenantId: DEFAULT_TENANT_ID } })
  await at.store.accept(DEFAULT_TENANT_ID, [mine])
  await at.submit(at.gateways[0]!, DEFAULT_TENANT_ID)
  await at.submit(at.gateways[0]!, other)

  const [job] = await at.store.read([{ tenantId: DEFAULT_TENANT_ID, jobId: mine.job.id }])
  const cancelled = { kind: 'cancelled', actor: 'tester', reason: null } as const
  await at.store.record([writeOf(at.workflow, job!, cancelled, at.store.now())])

  assert.deepEqual(await reader.ofTenant(DEFAULT_TENANT_ID), { open: 1, finished: 1, bound: null })
  assert.deepEqual(await reader.ofTenant(other), { open: 1, finished: 0, bound: 7 })
  assert.deepEqual(await reader.ofAll(), { open: 2, finished: 1 })
})

test('a tenant that is full does not keep another out, until all together are', async () => {
  await using at = await setup()
  const [gateway] = [at.gateways[0]!]
  const [small, large] = [await at.addTenant('small', 3), await at.addTenant('large')]
  const many = (tenantId: string) => Promise.all(Array.from({ length: 50 }, () => at.submit(gateway, tenantId)))

  const stored = [sum(await many(small)), sum(await many(large)), sum(await many(DEFAULT_TENANT_ID))]

  assert.deepEqual(stored, [3, 30, 7])
})
