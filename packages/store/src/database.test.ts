import { SystemError } from '@stageline/domain'
import { createTestDatabase, openSilentLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import pg from 'pg'
import { openDatabase, type DatabaseOptions } from './database.ts'
import { DEFAULT_TENANT_ID } from './default-tenant.ts'

/** A database behind a line that can be made silent: it then passes nothing in either direction, and breaks nothing. */
async function setup(options: Partial<DatabaseOptions> = {}) {
  const stack = new AsyncDisposableStack()
  const database = stack.use(await createTestDatabase())
  const line = stack.use(await openSilentLine(database.workerUrl))
  const worker = openDatabase({ url: line.url, role: 'worker', applicationName: 'probe', ...options })
  stack.use(worker)
  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  stack.defer(() => admin.end())
  return { database, line, worker, admin, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

const one = { text: 'SELECT 1 AS one' }

describe('the connections to the database', () => {
  it('have their limits in the server', async () => {
    await using at = await setup()
    const names = `('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')`

    const rows = await at.worker.query<{ name: string; setting: string }>(null, {
      text: `SELECT name, setting FROM pg_settings WHERE name IN ${names} ORDER BY name`,
    })

    const limits = Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))
    assert.deepEqual([limits['statement_timeout'], limits['lock_timeout']], ['5000', '2000'])
    assert.equal(limits['idle_in_transaction_session_timeout'], '10000')
    assert.equal(limits['transaction_timeout'] ?? '20000', '20000')
  })

  it('are held, so that a server without a free connection is no obstacle to work nor to the question of health', async () => {
    await using at = await setup()
    await at.worker.ping()
    const mine = `SELECT FROM pg_stat_activity WHERE application_name = 'probe' AND datname = current_database()`
    await waitFor(async () => (await at.admin.query(mine)).rowCount === 5, { message: 'the pool to be full' })
    await at.admin.query(`ALTER DATABASE ${at.admin.database} CONNECTION LIMIT 0`)

    const answers = await Promise.all(Array.from({ length: 8 }, () => at.worker.query<{ one: number }>(null, one)))
    await at.worker.ping()

    assert.equal(answers.length, 8)
  })

  it('serve as many as come, one after the other, while the server gives no further ones', async () => {
    await using at = await setup()
    const gateway = openDatabase({ url: at.database.gatewayUrl, role: 'gateway', applicationName: 'probe' })
    await using _closed = gateway
    const tenantId = DEFAULT_TENANT_ID
    await gateway.ping()
    await Promise.all([gateway.query(tenantId, one), gateway.query(tenantId, one)])
    await at.admin.query(`ALTER DATABASE ${at.admin.database} CONNECTION LIMIT 0`)

    const answers = await Promise.all(Array.from({ length: 30 }, () => gateway.query<{ one: number }>(tenantId, one)))

    assert.equal(answers.flat().length, 30)
  })

  it('tell how many wait for one of them, and how long', async () => {
    await using at = await setup({ max: 1 })
    await at.worker.query(null, one)
    const [held, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const holder = at.worker.transaction(null, async (query) => {
      await query(one)
      held.resolve()
      await free.promise
    })
    await held.promise

    const idle = at.worker.waiting()
    const waiting = at.worker.query(null, one)
    await waitFor(() => at.worker.waiting().longestMs > 20)
    const { calls } = at.worker.waiting()
    free.resolve()
    await Promise.all([holder, waiting])

    assert.equal(calls, 1)
    assert.deepEqual(
      [idle, at.worker.waiting()],
      [
        { calls: 0, longestMs: 0 },
        { calls: 0, longestMs: 0 },
      ],
    )
  })

  it('may break between two statements of a transaction: it fails in passing, and nothing else does', async () => {
    await using at = await setup({ max: 1 })
    const broken = at.worker.transaction(null, async (query) => {
      const [me] = await query<{ pid: number }>({ text: 'SELECT pg_backend_pid() AS pid' })
      await at.admin.query('SELECT pg_terminate_backend($1)', [me!.pid])
      const alive = 'SELECT FROM pg_stat_activity WHERE pid = $1'
      await waitFor(async () => (await at.admin.query(alive, [me!.pid])).rowCount === 0)
      await new Promise(setImmediate)
      return query(one)
    })

    await assert.rejects(broken, (error: unknown) => {
      assert.ok(error instanceof SystemError)
      return error.code === 'store.unavailable'
    })
    assert.deepEqual(await at.worker.query(null, one), [{ one: 1 }])
  })

  it('that fall silent are given up and replaced, and the failure is one that passes', async () => {
    await using at = await setup({ max: 1 })
    await at.worker.query(null, one)
    at.line.silence()
    const started = performance.now()

    await assert.rejects(at.worker.query(null, one), (error: unknown) => {
      assert.ok(error instanceof SystemError)
      return error.code === 'store.unavailable'
    })
    assert.ok(performance.now() - started < 8_000)
    at.line.restore()
    const healed = performance.now()

    await at.worker.query(null, one)

    assert.ok(performance.now() - healed < 1_000)
  })

  it('are given up without a further wait when a transaction falls silent', async () => {
    await using at = await setup({ max: 1 })
    const started = performance.now()

    const silenced = at.worker.transaction(null, async (query) => {
      at.line.silence()
      await query(one)
    })

    await assert.rejects(silenced, { code: 'store.unavailable' })
    assert.ok(performance.now() - started < 8_500)
    at.line.restore()
    await at.worker.query(null, one)
  })

  it('lost to a lock that somebody else holds, or to a server that stops them, fail in a way that passes', async () => {
    await using at = await setup()
    await at.admin.query('BEGIN; LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE')

    await assert.rejects(at.worker.query(null, { text: 'SELECT count(*) FROM jobs' }), { code: 'store.unavailable' })
    await at.admin.query('ROLLBACK')
    const sleeping = assert.rejects(at.worker.query(null, { text: 'SELECT pg_sleep(4)' }), {
      code: 'store.unavailable',
    })
    const stop = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(4)%' AND pid <> pg_backend_pid()`
    await waitFor(async () => (await at.admin.query(stop)).rowCount === 1, { message: 'the statement to run' })

    await sleeping
    await at.worker.query(null, one)
  })
})
