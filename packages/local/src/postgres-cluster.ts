import { appendFile, chown, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PostgresBinaries } from './postgres-binaries.ts'
import { runCommand } from './run-command.ts'
import type { ServerAccount } from './server-account.ts'

/** A data folder on disk and what it takes to work with it. */
export type Cluster = {
  folder: string
  data: string
  log: string
  bin: PostgresBinaries
  account: ServerAccount
}

export const SUPERUSER = 'postgres'
export const DATABASE = 'stageline'
const MAJOR_VERSION = '18'
const SETTINGS_FILE = 'stageline.conf'

const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  fsync: 'on',
  synchronous_commit: 'on',
  // Every job leaves dead versions of its row behind: looked after seldom and slowly, tables grow under steady load.
  autovacuum_naptime: '15s',
  autovacuum_vacuum_cost_delay: '0',
  timezone: 'UTC',
  log_min_messages: 'warning',
}

/**
 * Makes the data folder and the database in it, unless they are there. It gets its name when it is complete, so that an
 * interrupted start leaves nothing that looks like a cluster.
 *
 * @throws Error when the folder holds data of another major version.
 */
export async function makeCluster(cluster: Cluster, password: string, signal?: AbortSignal): Promise<void> {
  const version = await readFile(join(cluster.data, 'PG_VERSION'), 'utf8').catch(() => undefined)
  if (version === undefined) return initialise(cluster, password, signal)
  if (version.trim() !== MAJOR_VERSION) {
    throw new Error(`${cluster.data} holds data of PostgreSQL ${version.trim()}, this is ${MAJOR_VERSION}: use --fresh`)
  }
}

async function initialise(cluster: Cluster, password: string, signal?: AbortSignal): Promise<void> {
  const partial = `${cluster.data}.partial`
  await rm(partial, { recursive: true, force: true })
  await withPasswordFile(cluster, password, (file) =>
    as(cluster, cluster.bin.initdb, [...initdbOptions(file), '-D', partial], { signal }),
  )
  await appendFile(join(partial, 'postgresql.conf'), `\ninclude = '${SETTINGS_FILE}'\n`)
  await writeSettings({ ...cluster, data: partial }, {})
  // A server that serves nobody else runs the one statement that cannot wait for a client.
  await as(cluster, cluster.bin.postgres, ['--single', '-D', partial, 'postgres'], {
    input: `create database ${DATABASE}\n`,
  })
  await rename(partial, cluster.data)
}

function initdbOptions(passwordFile: string): string[] {
  // macOS has no C.UTF-8; its UTF-8 classes with plain ordering come closest.
  const locale = process.platform === 'darwin' ? ['--locale=C', '--lc-ctype=UTF-8'] : ['--locale=C.UTF-8']
  const access = ['--auth=scram-sha-256', `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`]
  return ['--encoding=UTF8', ...locale, ...access]
}

async function withPasswordFile(
  { folder, account }: Cluster,
  password: string,
  use: (file: string) => Promise<unknown>,
): Promise<void> {
  const file = join(folder, 'initial-password')
  try {
    await writeFile(file, password, { mode: 0o600 })
    if (account.uid !== undefined && account.gid !== undefined) await chown(file, account.uid, account.gid)
    await use(file)
  } finally {
    await rm(file, { force: true })
  }
}

/** Rewritten at every start, since the port may be another. */
export async function writeSettings({ data, account }: Cluster, settings: Record<string, string>): Promise<void> {
  const lines = Object.entries({ ...SETTINGS, ...settings }).map(([name, value]) => `${name} = '${value}'\n`)
  const file = join(data, SETTINGS_FILE)
  await writeFile(file, lines.join(''), { mode: 0o600 })
  if (account.uid !== undefined && account.gid !== undefined) await chown(file, account.uid, account.gid)
}

const as = (
  { account }: Cluster,
  program: string,
  args: string[],
  options: { input?: string; signal?: AbortSignal | undefined },
): Promise<string> => runCommand(program, args, { ...account, ...options, cwd: '/' })
