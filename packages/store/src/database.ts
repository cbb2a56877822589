import { isId } from '@stageline/domain'
import { performance } from 'node:perf_hooks'
import type pg from 'pg'
import { connectTo, fillPool, openPool, PLANS } from './open-pool.ts'
import { createServerClock } from './server-clock.ts'
import { isUnanswered, toStoreError } from './store-error.ts'
import { waitingCalls } from './waiting-calls.ts'

export type DatabaseOptions = {
  url: string
  /** The role that `url` signs in with: `gateway` sees one tenant a transaction, `worker` all that it needs. */
  role: 'gateway' | 'worker'
  /** Shown in `pg_stat_activity`. */
  applicationName: string
  /** Connections for work at most; default 10 for the gateway, and 2 for workers and as many for steady statements. */
  max?: number
  /** Told of connections that broke while they were idle; the pool replaces them by itself. */
  onError?: (error: Error) => void
}

/**
 * SQL text; with a `name` it is prepared once a connection. `steady`: it finds every row by an index, whatever its values are,
 * so that it is planned once a connection, too; for what is asked many times a second.
 */
export type Statement = { name?: string; text: string; steady?: boolean }
export type Query = <Row>(statement: Statement, values?: readonly unknown[]) => Promise<Row[]>

export type Database = AsyncDisposable & {
  readonly role: 'gateway' | 'worker'
  /** The clock of the database, estimated; see `server-clock.ts`. */
  now(): Date
  /** Asks something whose answer brings the time of the database as `clock`, and learns it. */
  timed<Answer extends { clock: string | undefined }>(ask: () => Promise<Answer>): Promise<Answer>
  /**
   * Asks for an answer, of no tenant's rows; it brings the time. On a connection of its own, so that neither a full pool
   * nor a server without a free connection keeps it waiting; opens what the pool should hold and does not.
   */
  ping(): Promise<void>
  /** How many calls wait for a connection, and how long the first of them has been waiting, ms; 0 where none waits. */
  waiting(): { calls: number; longestMs: number }
  /** One statement of its own. For the gateway it runs as `tenantId`; a worker's statements name tenants themselves. */
  query<Row>(tenantId: string | null, statement: Statement, values?: readonly unknown[]): Promise<Row[]>
  /** One statement that is no tenant's: stages, and who a key belongs to. The gateway sees no tenant's rows in it. */
  anonymous: Query
  /**
   * One transaction.
   * @param about `steady`: of statements that are steady, where it is a gateway's
   * @throws SystemError `store.unavailable` when the database cannot be reached or the commit is unclear.
   */
  transaction<T>(
    tenantId: string | null,
    work: (query: Query) => Promise<T>,
    about?: Pick<Statement, 'steady'>,
  ): Promise<T>
}

const CLOCK = 'SELECT stageline_clock() AS clock'

/** A worker holds all that it may use; a gateway needs more only now and then. */
const SIZES = { worker: { max: 2, held: 2 }, gateway: { max: 10, held: 2 } } as const

/** Connections with limits that no statement may escape: pools for work, and one to ask after its health. */
export function openDatabase(options: DatabaseOptions): Database {
  const { url, role, applicationName, onError } = options
  const clock = createServerClock(() => performance.now())
  const timed: Database['timed'] = async (ask) => {
    const askedAt = performance.now()
    const answer = await ask()
    if (answer.clock !== undefined) clock.observe(answer.clock, askedAt)
    return answer
  }
  const greet = (server: pg.Pool | pg.ClientBase) =>
    timed(async () => (await server.query<{ clock: string }>(CLOCK)).rows[0]!)
  const about = { url, applicationName, onError, greet }
  const max = options.max ?? SIZES[role].max
  const size = { max, held: Math.min(max, SIZES[role].held) }
  const pool = openPool({ ...about, ...size })
  // A statement of the gateway is part of a transaction, which says whose rows it sees and how it is planned.
  const steady = role === 'worker' ? openPool({ ...about, ...size, steady: true }) : pool
  const reserve = openPool({ ...about, max: 1, held: 1 })
  const waits = waitingCalls(() => performance.now())
  const connect = () => waits.watch(() => connectTo(pool))
  const connectSteady = () => waits.watch(() => connectTo(steady))
  const single = <Row>(statement: Statement, values?: readonly unknown[]): Promise<Row[]> =>
    onConnection(statement.steady ? connectSteady : connect, async (client, discard) => {
      try {
        return await ask<Row>(client, statement, values)
      } catch (error) {
        // A server that goes away says so first and closes later.
        discard(error as Error)
        throw error
      }
    })
  const ping = async () => {
    await greet(reserve)
    void fillPool(pool)
    void fillPool(steady)
  }

  return {
    role,
    now: () => clock.now(),
    timed,
    ping: () => run(ping),
    waiting: () => ({ calls: waits.count(), longestMs: waits.longestMs() }),
    anonymous: single,
    query: (tenantId, statement, values) =>
      role === 'worker' ? single(statement, values) : alone(connect, asTenant(tenantId, statement), statement, values),
    transaction: (tenantId, work, about = {}) =>
      transaction(connect, role === 'worker' ? 'BEGIN' : asTenant(tenantId, about), work),
    [Symbol.asyncDispose]: once(
      async () => void (await Promise.all([...new Set([pool, steady, reserve])].map((one) => one.end()))),
    ),
  }
}

const PLANNED_ONCE = PLANS.steady.map((setting) => `SET LOCAL ${setting}`).join('; ')

/** The tenant holds for the transaction only: a setting of the session would leak to the pool's next user. */
function asTenant(tenantId: string | null, { steady = false }: Pick<Statement, 'steady'>): string {
  if (tenantId === null || !isId(tenantId)) throw new TypeError('The gateway acts for one tenant, named by its id')
  const begin = `BEGIN; SELECT set_config('app.tenant', '${tenantId}', true)`
  return steady ? `${begin}; ${PLANNED_ONCE}` : begin
}

const transaction = <T>(
  connect: () => Promise<pg.PoolClient>,
  begin: string,
  work: (query: Query) => Promise<T>,
): Promise<T> =>
  onConnection(connect, async (client, discard) => {
    try {
      const begun = run(() => client.query(begin))
      // The first statement travels with it, and fails where it does.
      begun.catch(() => undefined)
      const result = await work((statement, values) => ask(client, statement, values))
      await begun
      await run(() => client.query('COMMIT'))
      return result
    } catch (error) {
      // A connection that cannot roll back is thrown away; the server then rolls back by itself.
      if (!isUnanswered(error)) await client.query('ROLLBACK').catch(discard)
      throw error
    }
  })

/** A transaction of one statement: all of it travels at once, and the server rolls back by itself what failed. */
const alone = <Row>(
  connect: () => Promise<pg.PoolClient>,
  begin: string,
  statement: Statement,
  values?: readonly unknown[],
): Promise<Row[]> =>
  onConnection(connect, async (client, discard) => {
    const [begun, answered, committed] = await Promise.allSettled([
      run(() => client.query(begin)),
      ask<Row>(client, statement, values),
      run(() => client.query('COMMIT')),
    ])
    const failed = [answered, begun, committed].find((one) => one.status === 'rejected')
    if (begun.status === 'rejected' || committed.status === 'rejected') discard(failed!.reason as Error)
    if (failed) throw failed.reason
    return (answered as PromiseFulfilledResult<Row[]>).value
  })

const ask = <Row>(client: pg.PoolClient, statement: Statement, values?: readonly unknown[]): Promise<Row[]> =>
  run(async () => (await client.query<Row & pg.QueryResultRow>(bind(statement, values))).rows)

/** Takes a connection for so long as `work` lasts, and does not give back one that is hung, broken or discarded. */
async function onConnection<T>(
  connect: () => Promise<pg.PoolClient>,
  work: (client: pg.PoolClient, discard: (error: Error) => void) => Promise<T>,
): Promise<T> {
  const client = await run(connect)
  let broken: Error | undefined
  const discard = (error: Error) => void (broken = error)
  // A connection that breaks between two statements tells it as an event; unheard it would end the process.
  client.on('error', discard)
  try {
    return await work(client, discard)
  } catch (error) {
    if (isUnanswered(error)) broken = new Error('The connection is hung')
    throw error
  } finally {
    client.off('error', discard)
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
