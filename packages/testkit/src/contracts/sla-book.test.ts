import { MemorySlaBook } from '@stageline/engine/testing'
import { createSlaBook, DEFAULT_TENANT_ID, openDatabase } from '@stageline/store'
import { createTestDatabase } from '../test-database.ts'
import { slaBookContract } from './sla-book.ts'

slaBookContract('memory', async () => {
  const book = new MemorySlaBook(() => new Date('2026-01-01T00:00:00.000Z'))
  return { book, tenantId: DEFAULT_TENANT_ID, [Symbol.asyncDispose]: async () => {} }
})

slaBookContract('Postgres', async () => {
  const stack = new AsyncDisposableStack()
  const database = stack.use(await createTestDatabase())
  const gateway = stack.use(openDatabase({ url: database.gatewayUrl, role: 'gateway', applicationName: 'contract' }))
  const book = createSlaBook(gateway)
  return { book, tenantId: DEFAULT_TENANT_ID, [Symbol.asyncDispose]: () => stack.disposeAsync() }
})
