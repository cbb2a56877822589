import { join } from 'node:path'
import { keptSecret } from './kept-secret.ts'
import { CommandFailed, runCommand } from './run-command.ts'

/** The two roles that services connect as, beside the one that owns the database. */
export type Role = 'gateway' | 'worker'

export type DatabaseAccess = {
  /** Environment of the commands that migrate and make keys. */
  adminEnv: NodeJS.ProcessEnv
  /** The same database as the role of that name. */
  urlFor(role: Role): string
}

export async function databaseAccess(home: string, adminUrl: string, env: NodeJS.ProcessEnv): Promise<DatabaseAccess> {
  const passwords = {
    gateway: env.STAGELINE_GATEWAY_PASSWORD ?? (await keptSecret(join(home, 'gateway-password'))),
    worker: env.STAGELINE_WORKER_PASSWORD ?? (await keptSecret(join(home, 'worker-password'))),
  }
  return {
    adminEnv: {
      ...env,
      STAGELINE_DATABASE_URL_ADMIN: adminUrl,
      STAGELINE_GATEWAY_PASSWORD: passwords.gateway,
      STAGELINE_WORKER_PASSWORD: passwords.worker,
    },
    urlFor: (role) => withUser(adminUrl, role, passwords[role]),
  }
}

function withUser(adminUrl: string, user: string, password: string): string {
  const url = new URL(adminUrl)
  url.username = user
  url.password = encodeURIComponent(password)
  return url.href
}

/** @throws Error with what the migration said, and which setting names the database. */
export async function migrate(root: string, { adminEnv }: DatabaseAccess, signal?: AbortSignal): Promise<void> {
  const script = join(root, 'packages/store/src/migrate.ts')
  try {
    await runCommand(process.execPath, [script], { env: adminEnv, cwd: root, signal })
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    const database = adminEnv.DATABASE_URL ? 'The database that DATABASE_URL names' : 'The database'
    throw new Error(`${database} cannot be used: ${error.output.trim()}`, { cause: error })
  }
}

/** The catalogue that comes with the checkout, where there is none yet. */
export async function loadCatalog(
  root: string,
  { adminEnv, urlFor }: DatabaseAccess,
  signal?: AbortSignal,
): Promise<void> {
  const script = join(root, 'packages/runtime/src/load-catalog.ts')
  const files = ['parts', 'vendors', 'products'].map((name) => join(root, 'examples/catalog', `${name}.ndjson`))
  const env = { ...adminEnv, DATABASE_URL: urlFor('gateway') }
  await runCommand(process.execPath, [script, '--if-empty', ...files], { env, cwd: root, signal })
}

/** Makes an API key of that name; the database keeps its hash only. */
export async function createApiKey(
  root: string,
  { adminEnv }: DatabaseAccess,
  { name, signal }: { name: string; signal?: AbortSignal | undefined },
): Promise<string> {
  const script = join(root, 'packages/store/src/create-api-key.ts')
  const printed = await runCommand(process.execPath, [script, '--name', name], { env: adminEnv, cwd: root, signal })
  return printed.trim().split('\n').at(-1)?.trim() ?? ''
}
