import { AutomationSettings, builtInsWith, loadSettings } from '@stageline/domain'
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import { ensureRoles } from './ensure-roles.ts'
import { renewEpoch } from './renew-epoch.ts'
import { seedBuiltIns } from './seed-built-ins.ts'

/**
 * Brings a database to the present schema, before any service starts: roles, migrations in order, built-in workflows and
 * policies. Also the program `node packages/store/src/migrate.ts`. It knows the owner's sign-in; no service does.
 */

export type MigrateOptions = {
  /** Signs in as who owns the tables and may create roles. */
  adminUrl: string
  gatewayPassword: string
  workerPassword: string
  /** What this installation chooses for its built-in definitions; default as the settings say. */
  automation?: AutomationSettings
}

export type Migrated = { applied: string[]; seeded: string[] }

export const MIGRATIONS = new URL('../migrations/', import.meta.url)
/** Of this database: whoever migrates second waits, and finds nothing to do. */
const LOCK = 7_220_431

/**
 * Applies what is missing, each file in one transaction. Safe to repeat and to run twice at once.
 *
 * @throws Error that names the file when one fails, or when one that was applied before has been changed since.
 */
export async function migrate(options: MigrateOptions): Promise<Migrated> {
  const { adminUrl, gatewayPassword, workerPassword, automation = loadSettings(AutomationSettings, {}) } = options
  const client = new pg.Client({
    connectionString: adminUrl,
    application_name: 'stageline-migrate',
    options: '-c timezone=UTC -c search_path=public',
  })
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK])
    await ensureRoles(client, { gateway: gatewayPassword, worker: workerPassword })
    const applied = await applyMissing(client)
    await renewEpoch(client)
    return { applied, seeded: await seedBuiltIns(client, builtInsWith(automation)) }
  } finally {
    await client.end()
  }
}

async function applyMissing(client: pg.Client): Promise<string[]> {
  await client.query(
    'CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())',
  )
  const { rows } = await client.query<{ name: string; sha256: string }>('SELECT name, sha256 FROM schema_migrations')
  const known = new Map(rows.map((row) => [row.name, row.sha256]))
  const applied: string[] = []
  for (const name of await migrationNames()) {
    const text = await readFile(new URL(name, MIGRATIONS), 'utf8')
    const sha256 = createHash('sha256').update(text).digest('hex')
    if (known.get(name) === sha256) continue
    if (known.has(name))
      throw new Error(`Migration ${name} was changed after it had been applied; add a new one instead`)
    await applyOne(client, name, text, sha256)
    applied.push(name)
  }
  return applied
}

async function applyOne(client: pg.Client, name: string, text: string, sha256: string): Promise<void> {
  try {
    await client.query('BEGIN')
    await client.query(text)
    await client.query('INSERT INTO schema_migrations (name, sha256) VALUES ($1, $2)', [name, sha256])
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw new Error(`Migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

/** File names of all migrations, in their order. */
export async function migrationNames(): Promise<string[]> {
  return (await readdir(MIGRATIONS)).filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name)).toSorted()
}

function optionsFrom(env: NodeJS.ProcessEnv): MigrateOptions {
  const names = ['STAGELINE_DATABASE_URL_ADMIN', 'STAGELINE_GATEWAY_PASSWORD', 'STAGELINE_WORKER_PASSWORD'] as const
  const missing = names.filter((name) => !env[name])
  if (missing.length > 0) throw new Error(`Set ${missing.join(', ')}`)
  const [adminUrl, gatewayPassword, workerPassword] = names.map((name) => env[name]!) as [string, string, string]
  return { adminUrl, gatewayPassword, workerPassword, automation: loadSettings(AutomationSettings, env) }
}

if (import.meta.main) {
  try {
    const { applied, seeded } = await migrate(optionsFrom(process.env))
    process.stdout.write(`${applied.length} migrations applied, ${seeded.length} built-in definitions stored\n`)
  } catch (error) {
    process.stderr.write(`migrate: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
