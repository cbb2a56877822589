import { migrate, schemaFingerprint } from '@stageline/store'
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { ownStores } from './own-stores.ts'
import { waitFor } from './wait-for.ts'

export type TestDatabase = AsyncDisposable & {
  /** Signs in as the owner: looks behind the scenes, moves the clock. */
  adminUrl: string
  gatewayUrl: string
  workerUrl: string
}

const PASSWORDS = { gateway: 'gateway-of-tests', worker: 'worker-of-tests' }
const TEMPLATE_LOCK = 7_220_434

/**
 * A database of its own, cloned from a migrated template that is built once a schema. On the server that
 * `STAGELINE_TEST_DATABASE_URL` names (as somebody who may create databases and roles), else on one of our own.
 * Disposing fails when a connection is still open: the test has leaked it.
 *
 * @example
 * await using database = await createTestDatabase()
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env['STAGELINE_TEST_DATABASE_URL'] ?? (await ownStores()).databaseUrl
  const name = `stageline_test_${randomBytes(6).toString('hex')}`
  const template = await ensureTemplate(serverUrl)
  await asAdmin(serverUrl, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`))
  return {
    adminUrl: urlOf(serverUrl, name),
    gatewayUrl: urlOf(serverUrl, name, 'gateway'),
    workerUrl: urlOf(serverUrl, name, 'worker'),
    [Symbol.asyncDispose]: () => drop(serverUrl, name),
  }
}

/** Gets its name when it is complete: an interrupted build is thrown away by the next one. */
async function ensureTemplate(serverUrl: string): Promise<string> {
  const template = `stageline_template_${await schemaFingerprint()}`
  await asAdmin(serverUrl, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK])
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [template])
    if (rowCount === 1) return
    const partial = `${template}_partial`
    await client.query(`DROP DATABASE IF EXISTS ${partial}`)
    await client.query(`CREATE DATABASE ${partial}`)
    await migrate({
      adminUrl: urlOf(serverUrl, partial),
      gatewayPassword: PASSWORDS.gateway,
      workerPassword: PASSWORDS.worker,
    })
    await client.query(`ALTER DATABASE ${partial} RENAME TO ${template}`)
  })
  return template
}

async function drop(serverUrl: string, name: string): Promise<void> {
  await asAdmin(serverUrl, async (client) => {
    const open = async (): Promise<string[]> => {
      // The server's own workers come and go as they like.
      const text = `SELECT application_name AS who FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`
      return (await client.query<{ who: string }>(text, [name])).rows.map(({ who }) => who)
    }
    // The server notices a closed connection a moment later, on a busy disk when it has written what it was at.
    const closed = await waitFor(async () => (await open()).length === 0, { timeoutMs: 10_000 }).catch(() => false)
    const leaked = closed ? [] : await open()
    await client.query(`DROP DATABASE ${name} WITH (FORCE)`)
    if (leaked.length > 0) throw new Error(`Connections were left open: ${leaked.join(', ')}`)
  })
}

async function asAdmin(serverUrl: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl, application_name: 'stageline-testkit' })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

function urlOf(serverUrl: string, database: string, role?: keyof typeof PASSWORDS): string {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  if (role) {
    url.username = role
    url.password = PASSWORDS[role]
  }
  return url.href
}
