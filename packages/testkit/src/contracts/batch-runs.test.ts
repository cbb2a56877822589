import { newId } from '@stageline/domain'
import { MemoryBatchRuns } from '@stageline/engine/testing'
import { createBatchRuns, createRunQueue, createSourceStore, DEFAULT_TENANT_ID, openDatabase } from '@stageline/store'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { createTestDatabase } from '../test-database.ts'
import { batchRunsContract } from './batch-runs.ts'

batchRunsContract('memory', async () => {
  const memory = new MemoryBatchRuns()
  const { sources, runs } = memory
  const pass = async (ms: number) => void (memory.nowMs += ms)
  return { tenantId: DEFAULT_TENANT_ID, sources, runs, queue: memory, pass, [Symbol.asyncDispose]: async () => {} }
})

async function openPostgres() {
  const stack = new AsyncDisposableStack()
  const database = stack.use(await createTestDatabase())
  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  stack.defer(() => admin.end())
  const gateway = stack.use(openDatabase({ url: database.gatewayUrl, role: 'gateway', applicationName: 'contract' }))
  const worker = stack.use(openDatabase({ url: database.workerUrl, role: 'worker', applicationName: 'contract' }))
  return {
    tenantId: DEFAULT_TENANT_ID,
    sources: createSourceStore(gateway),
    runs: createBatchRuns(gateway),
    queue: createRunQueue(worker),
    pass: async (ms: number) =>
      void (await admin.query(`UPDATE clock_offset SET shift = shift + $1 * interval '1 ms'`, [ms])),
    admin,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

batchRunsContract('Postgres', openPostgres)

test('Postgres: another tenant sees, changes and stops nothing', async () => {
  await using given = await openPostgres()
  const { tenantId, sources, runs, admin } = given
  const other = newId()
  await admin.query(`INSERT INTO tenants (id, key) VALUES ($1, 'other')`, [other])
  const definition = { key: 'parts', from: { kind: 'duckdb', file: 'x.csv' } } as const
  await sources.put(tenantId, definition, 'tester', null)
  const id = newId()
  const request = { workflow: 'part', limit: 1, filter: {}, force: null, onlyNew: false, dryRun: false }
  const run = {
    id,
    name: null,
    source: 'parts',
    origin: definition.from,
    columns: {},
    request,
    preview: false,
    actor: 'x',
  }
  await runs.begin(tenantId, run, null)

  assert.deepEqual([await sources.list(other), await sources.get(other, 'parts')], [[], undefined])
  assert.equal(await sources.remove(other, 'parts', null), 'unknown')
  assert.deepEqual([await runs.get(other, id), await runs.stop(other, id)], [undefined, false])
  assert.equal((await runs.get(tenantId, id))?.state, 'waiting')
})
