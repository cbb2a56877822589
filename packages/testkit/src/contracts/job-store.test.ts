import { MemoryJobStore, MemoryWorkflowCatalog } from '@stageline/engine/testing'
import {
  createJobStore,
  createMaintenance,
  createRecordWriter,
  createWorkflowCatalog,
  DEFAULT_TENANT_ID,
  openDatabase,
} from '@stageline/store'
import pg from 'pg'
import { createTestDatabase } from '../test-database.ts'
import { jobStoreContract } from './job-store.ts'

const TWO_STEPS = {
  key: 'two-steps',
  steps: [
    { key: 'first', stage: 'alpha' },
    { key: 'second', stage: 'beta', dependsOn: ['first'] },
  ],
}

jobStoreContract('memory', async () => {
  const store = new MemoryJobStore()
  const workflow = new MemoryWorkflowCatalog().save(TWO_STEPS)
  const pass = async (ms: number) => store.setNow(new Date(store.now().getTime() + ms))
  return {
    store,
    tenantId: DEFAULT_TENANT_ID,
    workflow,
    pass,
    aftermath: async () => {},
    [Symbol.asyncDispose]: async () => {},
  }
})

for (const role of ['worker', 'gateway'] as const) {
  jobStoreContract(`Postgres as ${role}`, async () => {
    const stack = new AsyncDisposableStack()
    const database = stack.use(await createTestDatabase())
    const admin = new pg.Client({ connectionString: database.adminUrl })
    await admin.connect()
    stack.defer(() => admin.end())
    const gateway = stack.use(openDatabase({ url: database.gatewayUrl, role: 'gateway', applicationName: 'contract' }))
    const worker = stack.use(openDatabase({ url: database.workerUrl, role: 'worker', applicationName: 'contract' }))
    const tenantId = DEFAULT_TENANT_ID
    const { definition } = new MemoryWorkflowCatalog().save(TWO_STEPS)
    await createRecordWriter(gateway).saveWorkflow(tenantId, definition, 'tester', null)
    const workflow = (await createWorkflowCatalog(gateway).latest(tenantId, definition.key))!
    // Only workers take what is due: the rest of the contract is the gateway's, too.
    const upkeep = createJobStore(worker)
    const own = createJobStore(role === 'worker' ? worker : gateway)
    const { takeDue, hasUnchecked, takeUnchecked, giveBackUnchecked, forget, recheckAll, recheckQueues } = upkeep
    return {
      store: { ...own, takeDue, hasUnchecked, takeUnchecked, giveBackUnchecked, forget, recheckAll, recheckQueues },
      tenantId,
      workflow,
      aftermath: async () => void (await createMaintenance(worker).sealFinished(100)),
      pass: async (ms) => {
        await admin.query(`UPDATE clock_offset SET shift = shift + $1 * interval '1 ms'`, [ms])
        await Promise.all([gateway.ping(), worker.ping()])
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  })
}
