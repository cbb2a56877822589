import { newId, type Job } from '@stageline/domain'
import {
  createJobStore,
  createMaintenance,
  createRecordWriter,
  createWorkflowCatalog,
  DEFAULT_TENANT_ID,
  openDatabase,
} from '@stageline/store'
import { addressed, createTestDatabase, failureOf, newJobOf, successOf } from '@stageline/testkit'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { checkRecord, type CheckRequest } from '../check-record.ts'
import type { RecorderLine } from '../recorder-lines.ts'

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

const AT = '2026-01-01T00:00:00.000Z'
const MARKER = 'marker-of-default'
const INPUT = { record: { name: 'A thing' }, marker: MARKER }

/**
 * A record as the engine itself writes it, at rest and sound: one job completed and sealed, one with a person. Tests break
 * it as nobody else may (as the owner, without triggers) and see what the checker says.
 */
export async function openSoundRecord() {
  const stack = new AsyncDisposableStack()
  const database = stack.use(await createTestDatabase())
  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  stack.defer(() => admin.end())
  await admin.query(`SET session_replication_role = replica`)
  const folder = await mkdtemp(join(tmpdir(), 'stageline-check-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const gateway = stack.use(
    openDatabase({ url: database.gatewayUrl, role: 'gateway', applicationName: 'test-gateway' }),
  )
  const worker = stack.use(openDatabase({ url: database.workerUrl, role: 'worker', applicationName: 'test-worker' }))
  await createRecordWriter(gateway).saveWorkflow(DEFAULT_TENANT_ID, TWO_STEPS, 'tester', null)
  const workflow = (await createWorkflowCatalog(gateway).latest(DEFAULT_TENANT_ID, TWO_STEPS.key))!
  const accepting = createJobStore(gateway)
  const working = createJobStore(worker)
  await worker.ping()

  const accept = async (key: string): Promise<Job> => {
    const idempotency = { operation: 'submitJob', key, fingerprint: key }
    const made = newJobOf(workflow, accepting.now(), {
      input: INPUT,
      idempotency,
      seed: { tenantId: DEFAULT_TENANT_ID },
    })
    const { jobs, messages } = addressed(workflow, [made.job])
    await accepting.accept(DEFAULT_TENANT_ID, [{ ...made, job: jobs[0]! }], messages)
    return jobs[0]!
  }
  const completed = await accept('key-1')
  const one = successOf(workflow, completed, 'first', { a: 1 }, working.now())
  await working.record([one])
  await working.record([successOf(workflow, one.after, 'second', { b: 1 }, working.now())])
  await createMaintenance(worker).sealFinished(10)
  const suspended = await accept('key-2')
  await working.record([failureOf(workflow, suspended, 'first', working.now())])

  const accepted = (job: Job, key: string, expect: 'completed' | 'task', other: object = {}): RecorderLine => ({
    kind: 'accepted',
    at: AT,
    tenant: 'default',
    key,
    jobId: job.id,
    workflow: job.workflow,
    fingerprint: key,
    expect,
    marker: MARKER,
    ...other,
  })
  const seen: RecorderLine[] = [
    accepted(completed, 'key-1', 'completed'),
    accepted(suspended, 'key-2', 'task'),
    { kind: 'call', at: AT, key: `${completed.id}/first`, jobId: completed.id },
    { kind: 'answer', at: AT, tenant: 'default', markers: [MARKER] },
  ]
  /** Writes down `lines` as a recorder does; the file. */
  const record = async (lines: readonly RecorderLine[] = seen): Promise<string> => {
    const file = join(folder, 'recorder.ndjson')
    await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    return file
  }

  return {
    databaseUrl: database.adminUrl,
    workerUrl: database.workerUrl,
    gatewayUrl: database.gatewayUrl,
    folder,
    completed,
    suspended,
    seen,
    record,
    accept,
    accepted,
    sql: (text: string, values: unknown[] = []) => admin.query(text, values),
    addTenant: async (key: string): Promise<string> => {
      const id = newId()
      await admin.query('INSERT INTO tenants (id, key) VALUES ($1, $2)', [id, key])
      return id
    },
    /** Ids of the invariants that do not hold, with what the checker says of them. */
    broken: async (request: Partial<CheckRequest> = {}, lines?: readonly RecorderLine[]) => {
      const { findings } = await checkRecord({
        databaseUrl: database.adminUrl,
        recorder: await record(lines),
        ...request,
      })
      return Object.fromEntries(findings.filter(({ holds }) => !holds).map(({ id, examples }) => [id, examples]))
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

export type SoundRecord = Awaited<ReturnType<typeof openSoundRecord>>
