import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { lockFile, type Lock } from './lock-file.ts'
import { startPostgres, type LocalServer } from './start-postgres.ts'
import { startRedis } from './start-redis.ts'

export type StoresOptions = {
  /** Folder for data, passwords and locks; made if missing. */
  dir: string
  /** Folder for programs that had to be unpacked. Default: `.cache` in the working directory. */
  cache?: string
  /** Servers of the caller's own, used instead of starting one. */
  databaseUrl?: string | undefined
  redisUrl?: string | undefined
  /** Settings of `postgresql.conf`, such as `fsync: 'off'` for tests. */
  postgresSettings?: Record<string, string>
  signal?: AbortSignal | undefined
  report?: ((line: string) => void) | undefined
}

export type Stores = AsyncDisposable & {
  /** As a superuser where the server is ours. */
  databaseUrl: string
  redisUrl: string
  /** Absent where the caller brought a server. */
  postgres?: LocalServer
  redis?: LocalServer
  /** Stops what is ours, unless another process still uses it. Data stay. */
  stop(): Promise<void>
}

/**
 * Postgres and Redis for one folder. Processes that ask for the same folder share the same servers, and the last one
 * that stops (or the next one after a crash) ends them.
 *
 * @example
 * await using stores = await startStores({ dir: '.stageline/test' })
 */
export async function startStores(options: StoresOptions): Promise<Stores> {
  const dir = resolve(options.dir)
  // Others may pass through to what is theirs (the database server has its own account), not look around.
  await mkdir(dir, { recursive: true, mode: 0o711 })
  using starting = await waitForTurn(dir, options.signal)
  const servers = await startBoth({ ...options, dir })
  const use = await lockFile(join(dir, 'in-use.lock'), { mode: 'shared', waitMs: 5_000 })
  starting.release()
  const stop = once(() => stopUnlessUsed(dir, Object.values(servers), use))
  return {
    databaseUrl: options.databaseUrl ?? servers.postgres?.url ?? '',
    redisUrl: options.redisUrl ?? servers.redis?.url ?? '',
    ...servers,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

type Servers = { postgres?: LocalServer; redis?: LocalServer }

/** Both at once; when one fails the other is stopped again. */
async function startBoth(options: StoresOptions): Promise<Servers> {
  const { dir, signal, report, postgresSettings } = options
  const cache = resolve(options.cache ?? '.cache')
  const [postgres, redis] = await Promise.allSettled([
    options.databaseUrl ? undefined : startPostgres({ dir, signal, settings: postgresSettings ?? {} }),
    options.redisUrl ? undefined : startRedis({ dir, cache, signal, report }),
  ])
  const failed = [postgres, redis].find((result) => result.status === 'rejected')
  if (postgres.status === 'fulfilled' && redis.status === 'fulfilled' && !signal?.aborted) {
    return { ...(postgres.value ? { postgres: postgres.value } : {}), ...(redis.value ? { redis: redis.value } : {}) }
  }
  for (const result of [postgres, redis]) if (result.status === 'fulfilled') await result.value?.stop()
  throw failed?.reason ?? signal?.reason
}

async function waitForTurn(dir: string, signal?: AbortSignal): Promise<Lock> {
  const lock = await lockFile(join(dir, 'starting.lock'), { mode: 'exclusive', waitMs: 60_000, signal })
  if (lock) return lock
  throw new Error(`Another process has been starting or stopping the servers of ${dir} for a minute`)
}

async function stopUnlessUsed(dir: string, servers: LocalServer[], use: Lock | undefined): Promise<void> {
  using _turn = await waitForTurn(dir)
  use?.release()
  using alone = await lockFile(join(dir, 'in-use.lock'), { mode: 'exclusive' })
  if (alone) await Promise.all(servers.map((server) => server.stop()))
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => (running ??= action())
}
