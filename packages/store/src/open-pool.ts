import pg from 'pg'
import { performance } from 'node:perf_hooks'
import { sqlState } from './store-error.ts'
import { VALUE_TYPES } from './value-types.ts'

export type PoolOptions = {
  url: string
  /** Shown in `pg_stat_activity`. */
  applicationName: string
  /** Connections at most. */
  max: number
  /** Connections that are kept while they are idle. */
  held: number
  /** For statements whose plan is good whatever their values are; it is made once a connection. */
  steady?: boolean
  /** The first words on each connection. */
  greet: (client: pg.ClientBase) => Promise<unknown>
  /** Told of connections that broke while they were idle. */
  onError?: ((error: Error) => void) | undefined
}

/** Limits of every connection. */
const SETTINGS = [
  'statement_timeout=5s',
  'lock_timeout=2s',
  'idle_in_transaction_session_timeout=10s',
  // A peer that is gone must not keep its locks: noticed after some 25 s, by default after more than two hours.
  'tcp_keepalives_idle=10',
  'tcp_keepalives_interval=5',
  'tcp_keepalives_count=3',
  // Hot rows are in memory and are found by their keys: with the default for disks a young table is read whole, again and again.
  'random_page_cost=1.1',
  'jit=off',
  'synchronous_commit=on',
  'timezone=UTC',
  'search_path=public',
]

/**
 * Generic plans of `unnest` statements measured four times slower, where the planner read whole tables that were small when it
 * planned. Steady statements name each row by its key: kept from reading tables they have but one plan, and planning a write
 * of one row took as long as the write.
 */
export const PLANS = {
  custom: ['plan_cache_mode=force_custom_plan'],
  steady: ['plan_cache_mode=force_generic_plan', 'enable_seqscan=off'],
}

/** Known from Postgres 17 on; an older one would refuse the connection over it. */
const TRANSACTION_LIMIT = `SELECT set_config(name, '20s', false) FROM pg_settings WHERE name = 'transaction_timeout'`

/** Longer than the server's own limits: what has not come by then is lost on the way, and the connection with it. */
const ANSWER_LIMIT_MS = 7_000

/** A pool whose connections have limits that no statement may escape, in the server and in the network between. */
export function openPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.max,
    min: options.held,
    application_name: options.applicationName,
    options: [...SETTINGS, ...PLANS[options.steady ? 'steady' : 'custom']].map((setting) => `-c ${setting}`).join(' '),
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    idleTimeoutMillis: 30_000,
    query_timeout: ANSWER_LIMIT_MS,
    // Statements of a transaction need not wait for the answer to its beginning.
    pipeline: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: VALUE_TYPES,
    // oxlint-disable-next-line typescript/no-misused-promises -- the pool waits for it; its types do not say so
    onConnect: async (client: pg.ClientBase) => {
      await client.query(TRANSACTION_LIMIT)
      await options.greet(client)
    },
  })
  // Without a listener a server that stops takes the process down with it.
  pool.on('error', (error) => options.onError?.(error))
  const count = (change: number) => void established.set(pool, (established.get(pool) ?? 0) + change)
  pool.on('connect', () => count(1))
  pool.on('remove', () => count(-1))
  return pool
}

const CONNECT_LIMIT_MS = 5_000
/** too_many_connections: of the server, the database or the role. */
const NONE_FREE = '53300'
const SPARED_MS = 1_000

/** A connection of the pool. While the server has none to give, whoever comes waits for those that are there. */
export async function connectTo(pool: pg.Pool): Promise<pg.PoolClient> {
  const deadline = performance.now() + CONNECT_LIMIT_MS
  for (;;) {
    try {
      return await pool.connect()
    } catch (error) {
      const there = established.get(pool) ?? 0
      if (sqlState(error) !== NONE_FREE || there === 0 || performance.now() > deadline) throw error
      askForNoMore(pool, there)
    }
  }
}

const limits = new WeakMap<pg.Pool, number>()

/** Connections that a server has given; the pool's own count has those in it that it is about to refuse. */
const established = new WeakMap<pg.Pool, number>()

/** For a while the pool is as large as it is. */
function askForNoMore(pool: pg.Pool, there: number): void {
  const limit = limits.get(pool) ?? pool.options.max
  if (!limits.has(pool)) {
    limits.set(pool, limit)
    setTimeout(() => {
      limits.delete(pool)
      pool.options.max = limit
    }, SPARED_MS).unref()
  }
  pool.options.max = there
}

/** Opens what is held and not there, so that it is there when others have taken every connection of the server. */
export async function fillPool(pool: pg.Pool): Promise<void> {
  const { min: held = 0 } = pool.options
  if (pool.totalCount >= held) return
  const all = await Promise.allSettled(Array.from({ length: held }, () => pool.connect()))
  for (const one of all) if (one.status === 'fulfilled') one.value.release()
}
