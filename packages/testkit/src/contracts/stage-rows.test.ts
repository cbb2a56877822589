import { MemoryStageRows } from '@stageline/engine/testing'
import { createStageRegistry, openDatabase } from '@stageline/store'
import pg from 'pg'
import { createTestDatabase } from '../test-database.ts'
import { stageRowsContract } from './stage-rows.ts'

stageRowsContract('memory', async () => {
  const rows = new MemoryStageRows()
  return { rows, pass: async (ms) => void (rows.nowMs += ms), [Symbol.asyncDispose]: async () => {} }
})

stageRowsContract('Postgres', async () => {
  const stack = new AsyncDisposableStack()
  const database = stack.use(await createTestDatabase())
  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  stack.defer(() => admin.end())
  const worker = stack.use(openDatabase({ url: database.workerUrl, role: 'worker', applicationName: 'contract' }))
  const rows = createStageRegistry(worker)
  const alpha = { name: 'alpha', inputSchema: {}, outputSchema: {}, bundle: 1 }
  await rows.register(alpha, { id: 'a', host: 'here', pid: 1, version: '1' })
  return {
    rows,
    pass: async (ms) => void (await admin.query(`UPDATE clock_offset SET shift = shift + $1 * interval '1 ms'`, [ms])),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
})
