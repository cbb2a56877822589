import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { createTestDatabase } from './test-database.ts'
import { waitFor } from './wait-for.ts'

test('a database is migrated, is nobody else’s, and is gone afterwards', async () => {
  const one = await createTestDatabase()
  await using other = await createTestDatabase()

  const tenants = await ask(one.adminUrl, 'SELECT key FROM tenants')

  assert.deepEqual(tenants, [{ key: 'default' }])
  assert.notEqual(one.adminUrl, other.adminUrl)
  await one[Symbol.asyncDispose]()
  await assert.rejects(ask(one.adminUrl, 'SELECT 1'), { code: '3D000' })
})

test('a connection that is left open fails the test that left it', async () => {
  const database = await createTestDatabase()
  const leaked = new pg.Client({ connectionString: database.workerUrl, application_name: 'left-open' })
  leaked.on('error', () => {})
  await leaked.connect()

  await assert.rejects(async () => database[Symbol.asyncDispose](), /left-open/)
})

test('what never comes is waited for no longer than asked, and named', async () => {
  await assert.rejects(
    waitFor<boolean>(() => false, { timeoutMs: 30, message: 'the tide' }),
    /30 ms in vain for the tide/,
  )
  assert.equal(await waitFor(() => 7), 7)
})

async function ask(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}
