import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { capLog } from './cap-log.ts'
import { freePort } from './free-port.ts'
import { keptSecret } from './kept-secret.ts'
import { postgresBinaries } from './postgres-binaries.ts'
import { DATABASE, SUPERUSER, makeCluster, writeSettings, type Cluster } from './postgres-cluster.ts'
import { runningPort } from './postgres-running.ts'
import { CommandFailed, runCommand } from './run-command.ts'
import { reachableFolder, serverAccount } from './server-account.ts'

/** A server of our own. `stop` ends it whoever started it; the data stay. */
export type LocalServer = {
  url: string
  port: number
  /** The program and its version, for people. */
  name: string
  /** Where its data lie. */
  folder: string
  stop(): Promise<void>
}

export type PostgresOptions = {
  /** Holds the password file and, where the server's account can reach it, the data. */
  dir: string
  /** Where to begin looking for a free port. */
  port?: number
  /** Settings of `postgresql.conf` beside or instead of our own. */
  settings?: Record<string, string>
  signal?: AbortSignal | undefined
}

/**
 * Starts the embedded PostgreSQL on the loopback address, or finds the one that already runs on this folder: a crashed
 * run leaves its server, and the next one takes it over. Data are durable (`fsync`, `synchronous_commit`).
 *
 * Callers see to it that only one of them starts at a time (`startStores` does).
 *
 * @throws Error with the end of the server's log when it does not start.
 */
export async function startPostgres({ dir, port, settings, signal }: PostgresOptions): Promise<LocalServer> {
  await mkdir(dir, { recursive: true })
  const account = serverAccount()
  const folder = await reachableFolder(join(dir, 'postgres'), account)
  const bin = await postgresBinaries(account, folder)
  const password = await keptSecret(join(dir, 'postgres-password'))
  const cluster: Cluster = { folder, data: join(folder, 'data'), log: join(folder, 'postgres.log'), bin, account }

  await makeCluster(cluster, password, signal)
  signal?.throwIfAborted()
  const listening = (await runningPort(cluster)) ?? (await launch(cluster, port ?? 54_329, settings ?? {}))
  return {
    url: `postgres://${SUPERUSER}:${password}@127.0.0.1:${listening}/${DATABASE}`,
    port: listening,
    name: 'PostgreSQL 18 (embedded)',
    folder,
    stop: () => stopCluster(cluster),
  }
}

/** Between finding a free port and using it somebody may take it, so a few are tried. */
async function launch(cluster: Cluster, preferred: number, settings: Record<string, string>): Promise<number> {
  await capLog(cluster.log)
  for (let tries = 1, from = preferred; ; tries += 1) {
    const port = await freePort(from)
    await writeSettings(cluster, { ...settings, port: String(port) })
    try {
      await pgCtl(cluster, ['-l', cluster.log, '-t', '60', 'start'])
      return port
    } catch (error) {
      if (tries === 3) throw startFailure(cluster, error)
      from = port + 1
    }
  }
}

function startFailure(cluster: Cluster, cause: unknown): Error {
  const said = cause instanceof CommandFailed ? cause.output.trim() : String(cause)
  return new Error(`PostgreSQL does not start (its log: ${cluster.log}): ${said}`, { cause })
}

async function stopCluster(cluster: Cluster): Promise<void> {
  if ((await runningPort(cluster)) === undefined) return
  await pgCtl(cluster, ['-m', 'fast', '-t', '15', 'stop']).catch(() =>
    pgCtl(cluster, ['-m', 'immediate', '-t', '15', 'stop']),
  )
}

/** Not to be interrupted: a `pg_ctl` that dies half-way leaves a server that nobody knows of. */
const pgCtl = ({ bin, data, account }: Cluster, args: string[]): Promise<string> =>
  runCommand(bin.pgCtl, ['-D', data, '-w', ...args], { ...account, cwd: '/' })
