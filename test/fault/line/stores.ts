import { startStores, type LocalServer, type Stores } from '@stageline/local'
import { waitFor } from '@stageline/testkit'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { withRedis } from './with-redis.ts'

const CACHE = resolve(import.meta.dirname, '../../../.cache')
const NOT_OURS = 'brought-by-nobody'

/** Postgres and Redis of a rig, durable as in production, that may be killed, stopped and started again. */
export type FaultyStores = AsyncDisposable & {
  /** As the owner, directly; another one after a restart. */
  databaseUrl(): string
  redisUrl(): string
  /** The same while the server is up. */
  runningPostgres(): string | undefined
  runningRedis(): string | undefined
  /** Where Redis keeps its files. */
  redisFolder(): string
  /** Where Postgres keeps its data and its log of changes. */
  postgresFolder(): string
  /** Kills Redis for good: from now on this server is the line's. It ends with the stores. */
  replaceRedis(server: AsyncDisposable & { url: string }): Promise<void>
  /** SIGKILL. */
  killRedis(): Promise<void>
  startRedis(): Promise<void>
  /** SIGSTOP and SIGCONT: connections stay open and nobody answers. */
  freezeRedis(): void
  thawRedis(): void
  flushRedis(): Promise<void>
  /** Immediate shutdown: as a crash, without a checkpoint. */
  crashPostgres(): Promise<void>
  startPostgres(): Promise<void>
}

export async function startFaultyStores(dir: string, postgresSettings: Record<string, string>): Promise<FaultyStores> {
  let [postgresHandle, redisHandle]: (Stores | undefined)[] = []
  let postgres: LocalServer | undefined
  let redis: LocalServer | undefined
  let redisPid: number | undefined
  let postgresUp = false
  const successor = new AsyncDisposableStack()

  const startPostgres = async () => {
    const handle = await startStores({ dir, cache: CACHE, redisUrl: NOT_OURS, postgresSettings })
    // Ours keeps the servers from being stopped with the one before.
    await postgresHandle?.stop()
    postgresHandle = handle
    postgres = handle.postgres!
    postgresUp = true
  }
  const startRedis = async () => {
    if (redisPid !== undefined && isAlive(redisPid)) return
    const handle = await startStores({ dir, cache: CACHE, databaseUrl: NOT_OURS })
    await redisHandle?.stop()
    redisHandle = handle
    redis = handle.redis!
    redisPid = await pidOfRedis(redis.url)
  }
  const killRedis = async () => {
    const pid = redisPid
    redisPid = undefined
    if (pid) await end(pid, 'SIGKILL')
  }
  await Promise.all([startPostgres(), startRedis()])
  return {
    databaseUrl: () => postgres!.url,
    redisUrl: () => redis!.url,
    runningPostgres: () => (postgresUp ? postgres!.url : undefined),
    runningRedis: () => (redisPid === undefined ? undefined : redis!.url),
    startPostgres,
    startRedis,
    killRedis,
    redisFolder: () => redis!.folder,
    postgresFolder: () => join(postgres!.folder, 'data'),
    replaceRedis: async (server) => {
      await killRedis()
      successor.use(server)
      redis = { ...redis!, url: server.url }
      redisPid = await pidOfRedis(server.url)
    },
    freezeRedis: () => void (redisPid && process.kill(redisPid, 'SIGSTOP')),
    thawRedis: () => void (redisPid && process.kill(redisPid, 'SIGCONT')),
    flushRedis: () => withRedis(redis!.url, async (client) => void (await client.flushall())),
    crashPostgres: async () => {
      const pid = Number((await readFile(join(postgres!.folder, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0])
      postgresUp = false
      await end(pid, 'SIGQUIT')
    },
    [Symbol.asyncDispose]: async () => {
      if (redisPid && isAlive(redisPid)) process.kill(redisPid, 'SIGCONT')
      await Promise.all([postgres?.stop(), redis?.stop()])
      await postgresHandle?.stop()
      await redisHandle?.stop()
      await successor.disposeAsync()
    },
  }
}

const pidOfRedis = (url: string): Promise<number> =>
  withRedis(url, async (client) => Number(/^process_id:(\d+)/m.exec(await client.info('server'))?.[1]))

async function end(pid: number, signal: NodeJS.Signals): Promise<void> {
  process.kill(pid, signal)
  await waitFor(() => !isAlive(pid), { timeoutMs: 30_000, message: `process ${pid} to end` })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
