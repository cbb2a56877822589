import { isId } from '@stageline/domain'
import { performance } from 'node:perf_hooks'
import pg from 'pg'
import { createServerClock } from './server-clock.ts'
import { toStoreError } from './store-error.ts'
import { VALUE_TYPES } from './value-types.ts'

export type DatabaseOptions = {
  url: string
  /** The role that `url` signs in with: `gateway` sees one tenant a transaction, `worker` all that it needs. */
  role: 'gateway' | 'worker'
  /** Shown in `pg_stat_activity`. */
  applicationName: string
  /** Connections at most; default 10 for the gateway, 4 for workers. */
  max?: number
  /** Told of connections that broke while they were idle; the pool replaces them by itself. */
  onError?: (error: Error) => void
}

/** SQL text; with a `name` it is prepared once a connection. */
type Statement = { name?: string; text: string }
export type Query = <Row>(statement: Statement, values?: readonly unknown[]) => Promise<Row[]>

export type Database = AsyncDisposable & {
  readonly role: 'gateway' | 'worker'
  /** The clock of the database, estimated; see `server-clock.ts`. */
  now(): Date
  /** Takes a `clock` column of an answer as the time of the database at this moment. */
  observe(clock: string | undefined): void
  /** Asks for an answer, of no tenant's rows; it brings the time. */
  ping(): Promise<void>
  /** One statement of its own. For the gateway it runs as `tenantId`; a worker's statements name tenants themselves. */
  query<Row>(tenantId: string | null, statement: Statement, values?: readonly unknown[]): Promise<Row[]>
  /** One statement that is no tenant's: stages, and who a key belongs to. The gateway sees no tenant's rows in it. */
  anonymous: Query
  /**
   * One transaction.
   * @throws SystemError `store.unavailable` when the database cannot be reached or the commit is unclear.
   */
  transaction<T>(tenantId: string | null, work: (query: Query) => Promise<T>): Promise<T>
}

/** Limits of every connection. Custom plans: generic ones of `unnest` statements measured four times slower. */
const SETTINGS = [
  'statement_timeout=5s',
  'lock_timeout=2s',
  'idle_in_transaction_session_timeout=10s',
  'plan_cache_mode=force_custom_plan',
  'synchronous_commit=on',
  'timezone=UTC',
  'search_path=public',
]

const CLOCK = 'SELECT stageline_clock() AS clock'
type ClockRow = { clock: string }

/** A pool of connections with the limits that no statement may escape. Connects when first used. */
export function openDatabase(options: DatabaseOptions): Database {
  const { role } = options
  const clock = createServerClock(() => performance.now())
  const pool = openPool(options, (time) => clock.observe(time))

  return {
    role,
    now: () => clock.now(),
    observe: (time) => (time === undefined ? undefined : clock.observe(time)),
    ping: () => run(() => pool.query<ClockRow>(CLOCK).then(({ rows }) => clock.observe(rows[0]!.clock))),
    anonymous: (statement, values) => run(() => pool.query(bind(statement, values)).then(({ rows }) => rows)),
    query: (tenantId, statement, values) =>
      role === 'worker'
        ? run(() => pool.query(bind(statement, values)).then(({ rows }) => rows))
        : transaction(pool, asTenant(tenantId), (query) => query(statement, values)),
    transaction: (tenantId, work) => transaction(pool, role === 'worker' ? 'BEGIN' : asTenant(tenantId), work),
    [Symbol.asyncDispose]: once(() => pool.end()),
  }
}

function openPool(options: DatabaseOptions, observe: (time: string) => void): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.max ?? (options.role === 'worker' ? 4 : 10),
    application_name: options.applicationName,
    options: SETTINGS.map((setting) => `-c ${setting}`).join(' '),
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    types: VALUE_TYPES,
    // oxlint-disable-next-line typescript/no-misused-promises -- the pool waits for it; its types do not say so
    onConnect: async (client: pg.ClientBase) => {
      const { rows } = await client.query<ClockRow>(CLOCK)
      observe(rows[0]!.clock)
    },
  })
  // Without a listener a server that stops takes the process down with it.
  pool.on('error', (error) => options.onError?.(error))
  return pool
}

/** The tenant holds for the transaction only: a setting of the session would leak to the pool's next user. */
function asTenant(tenantId: string | null): string {
  if (tenantId === null || !isId(tenantId)) throw new TypeError('The gateway acts for one tenant, named by its id')
  return `BEGIN; SELECT set_config('app.tenant', '${tenantId}', true)`
}

async function transaction<T>(pool: pg.Pool, begin: string, work: (query: Query) => Promise<T>): Promise<T> {
  const client = await run(() => pool.connect())
  let broken: Error | undefined
  try {
    await run(() => client.query(begin))
    const result = await work((statement, values) =>
      run(() => client.query(bind(statement, values)).then(({ rows }) => rows)),
    )
    await run(() => client.query('COMMIT'))
    return result
  } catch (error) {
    // A connection that cannot roll back is thrown away; the server then rolls back by itself.
    await client.query('ROLLBACK').catch((failure: Error) => (broken = failure))
    throw error
  } finally {
    client.release(broken)
  }
}

const bind = ({ name, text }: Statement, values: readonly unknown[] = []): pg.QueryConfig =>
  name === undefined ? { text, values: [...values] } : { name, text, values: [...values] }

async function run<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw toStoreError(error)
  }
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => (running ??= action())
}
