import { newId, type Workflow } from '@stageline/domain'
import type { JobWrite, NewJob } from '@stageline/engine/ports'
import { addressed, createTestDatabase, newJobOf, waitFor } from '@stageline/testkit'
import pg from 'pg'
import { openDatabase, type Database } from '../database.ts'
import { DEFAULT_TENANT_ID } from '../default-tenant.ts'
import { createJobStore } from '../job-store.ts'
import { createRecordReader } from '../record-reader.ts'
import { createRecordWriter } from '../record-writer.ts'
import { createTaskDesk } from '../task-desk.ts'
import { createWorkflowCatalog } from '../workflow-catalog.ts'

/** A database of its own, opened in both roles, and the owner's view of it. */
export async function openRecord() {
  const stack = new AsyncDisposableStack()
  const database = stack.use(await createTestDatabase())
  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  stack.defer(() => admin.end())
  const gateway = stack.use(
    openDatabase({ url: database.gatewayUrl, role: 'gateway', applicationName: 'test-gateway' }),
  )
  const worker = stack.use(openDatabase({ url: database.workerUrl, role: 'worker', applicationName: 'test-worker' }))
  const tenantId = DEFAULT_TENANT_ID
  const workflows = createWorkflowCatalog(gateway)
  const writer = createRecordWriter(gateway)
  await writer.saveWorkflow(tenantId, TWO_STEPS, 'tester', null)
  const workflow = (await workflows.latest(tenantId, TWO_STEPS.key))!
  const accepting = createJobStore(gateway)

  return {
    database,
    gateway,
    worker,
    workflows,
    workflow,
    writer,
    desk: createTaskDesk(gateway),
    tenantId,
    reader: createRecordReader(gateway),
    /** As a service of the gateway writes, and as a worker does. */
    gatewayStore: accepting,
    workerStore: createJobStore(worker),
    sql: async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> =>
      (await admin.query<Row>(text, values)).rows,
    /** Resolves when readers may see all that was written before: transactions of other tests hold them up, too. */
    isReadable: async () => {
      const [written] = (await admin.query<{ xid: string }>('SELECT pg_current_xact_id()::text AS xid')).rows
      const text = 'SELECT pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8 AS seen'
      const isSeen = async () => (await admin.query<{ seen: boolean }>(text, [written!.xid])).rows[0]!.seen
      await waitFor(isSeen, { timeoutMs: 30_000, message: 'older transactions to end' })
    },
    shiftClock: async (ms: number) => {
      await admin.query(`UPDATE clock_offset SET shift = shift + $1 * interval '1 ms'`, [ms])
      await Promise.all([gateway.ping(), worker.ping()])
    },
    make: (about: Parameters<typeof newJobOf>[2] = {}, of: Workflow = workflow): NewJob =>
      newJobOf(of, accepting.now(), { ...about, seed: { tenantId, ...about.seed } }),
    /** Another tenant, with the workflow of this one. */
    addTenant: async (key: string): Promise<string> => {
      const id = newId()
      await admin.query('INSERT INTO tenants (id, key) VALUES ($1, $2)', [id, key])
      await writer.saveWorkflow(id, TWO_STEPS, 'tester', null)
      return id
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

export type OpenRecord = Awaited<ReturnType<typeof openRecord>>

const PLAIN = { config: {}, optional: false, skipWithParent: false, review: 'never' } as const

const TWO_STEPS = {
  key: 'two-steps',
  steps: [
    { ...PLAIN, key: 'first', stage: 'alpha', dependsOn: [] },
    { ...PLAIN, key: 'second', stage: 'beta', dependsOn: ['first'] },
  ],
  status: 'active' as const,
  onFailure: 'review' as const,
}

/** Stores new jobs and returns them as they were read. */
export async function acceptJobs(record: OpenRecord, count: number, about: Parameters<typeof newJobOf>[2] = {}) {
  const made = Array.from({ length: count }, () => record.make(about))
  const { jobs, messages } = addressed(
    record.workflow,
    made.map(({ job }) => job),
  )
  const fresh = made.map((one, i) => ({ ...one, job: jobs[i]! }))
  await record.gatewayStore.accept(record.tenantId, fresh, messages)
  return jobs
}

/** Records until nothing is in the way: for tests that are about something else. */
export async function recordAll(record: OpenRecord, writes: readonly JobWrite[]): Promise<void> {
  const outcomes = await record.workerStore.record(writes)
  const other = outcomes.find(({ kind }) => kind !== 'recorded')
  if (other) throw new Error(`Not recorded: ${JSON.stringify(other)}`)
}

/**
 * Runs calls at once over a pool whose connections are all open by then; opening them one after the other would put the
 * calls in a row. The pool is closed afterwards, and with it the statistics of its connections are complete.
 */
export async function withPool<T>(
  record: OpenRecord,
  role: 'gateway' | 'worker',
  size: number,
  calls: (db: Database) => Promise<T>[],
): Promise<T[]> {
  const url = role === 'worker' ? record.database.workerUrl : record.database.gatewayUrl
  await using db = openDatabase({ url, role, applicationName: 'test-many', max: size })
  let open = 0
  const { promise: allOpen, resolve } = Promise.withResolvers<void>()
  const hold = () =>
    db.transaction(record.tenantId, async () => {
      open += 1
      if (open === size) resolve()
      await allOpen
    })
  await Promise.all(Array.from({ length: size }, hold))
  const linger = () => db.anonymous({ steady: true, text: 'SELECT pg_sleep(0.3)' })
  if (role === 'worker') await Promise.all(Array.from({ length: size }, linger))
  return await Promise.all(calls(db))
}

export async function deadlocks(record: OpenRecord): Promise<number> {
  const text = 'SELECT deadlocks::int AS n FROM pg_stat_database WHERE datname = current_database()'
  return (await record.sql<{ n: number }>(text))[0]!.n
}
