import { MemoryTaskDesk } from '@stageline/engine/testing'
import { createTaskDesk, DEFAULT_TENANT_ID, openDatabase } from '@stageline/store'
import pg from 'pg'
import { createTestDatabase } from '../test-database.ts'
import { taskDeskContract } from './task-desk.ts'

taskDeskContract('memory', async () => {
  let nowMs = Date.parse('2026-01-01T00:00:00.000Z')
  const desk = new MemoryTaskDesk({ now: () => new Date(nowMs), hasJob: () => false })
  const pass = async (ms: number) => void (nowMs += ms)
  return { desk, tenantId: DEFAULT_TENANT_ID, pass, [Symbol.asyncDispose]: async () => {} }
})

for (const role of ['gateway', 'worker'] as const) {
  taskDeskContract(`Postgres as ${role}`, async () => {
    const stack = new AsyncDisposableStack()
    const database = stack.use(await createTestDatabase())
    const admin = new pg.Client({ connectionString: database.adminUrl })
    await admin.connect()
    stack.defer(() => admin.end())
    const url = role === 'gateway' ? database.gatewayUrl : database.workerUrl
    const opened = stack.use(openDatabase({ url, role, applicationName: 'contract' }))
    return {
      desk: createTaskDesk(opened),
      tenantId: DEFAULT_TENANT_ID,
      pass: async (ms) =>
        void (await admin.query(`UPDATE clock_offset SET shift = shift + $1 * interval '1 ms'`, [ms])),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  })
}
