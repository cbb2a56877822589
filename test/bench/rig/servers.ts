import { startStores } from '@stageline/local'
import { Redis } from 'ioredis'
import { cp, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'

const CACHE = resolve(import.meta.dirname, '../../../.cache')

export type Servers = AsyncDisposable & {
  /** As the owner. */
  databaseUrl: string
  redisUrl: string
  redisPid: number
  postgresPid: number
}

/** Postgres and Redis with nothing in them, as durable as in service. */
export async function startServers(dir: string): Promise<Servers> {
  const postgresSettings = { shared_buffers: '512MB', ...ownSettings() }
  const stores = await startStores({ dir, cache: CACHE, postgresSettings })
  const redis = new Redis(stores.redisUrl)
  const redisPid = Number(/^process_id:(\d+)/m.exec(await redis.info('server'))?.[1])
  redis.disconnect()
  const { folder } = stores.postgres!
  const postgresPid = Number((await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0])
  return {
    databaseUrl: stores.databaseUrl,
    redisUrl: stores.redisUrl,
    redisPid,
    postgresPid,
    [Symbol.asyncDispose]: async () => {
      await stores.stop()
      await keepLog(folder)
      // The account of the database server may not enter every folder, so that its data may lie elsewhere.
      for (const one of [folder, dir]) await rm(one, { recursive: true, force: true })
    },
  }
}

/** `BENCH_POSTGRES='{"log_min_duration_statement":"0"}'` and `BENCH_POSTGRES_LOG=file`: to see where the time goes. */
const ownSettings = (): Record<string, string> =>
  JSON.parse(process.env['BENCH_POSTGRES'] ?? '{}') as Record<string, string>

async function keepLog(folder: string): Promise<void> {
  const file = process.env['BENCH_POSTGRES_LOG']
  if (file) await cp(join(folder, 'postgres.log'), file)
}
