import { SystemError } from '@stageline/domain'
import type { Reading, RecordSource, SourceItem } from '@stageline/engine/ports'
import pg from 'pg'
import { orderedQuery, quoted } from './ordered-query.ts'
import { itemOf } from './record-text.ts'
import { queryRefused, sourceAway, textOf } from './source-error.ts'

const ROWS_AT_ONCE = 500
/** Of each statement: the first one sorts, so that it takes longest. */
const STATEMENT_MS = 120_000
/** Ours: a server that says nothing at all. */
const ANSWER_MS = STATEMENT_MS + 10_000

const SETTINGS = [
  'default_transaction_read_only=on',
  `statement_timeout=${STATEMENT_MS}`,
  'lock_timeout=5s',
  // Between two fetches the jobs are stored; while the backlog is full that takes long.
  'idle_in_transaction_session_timeout=15min',
  'timezone=UTC',
  'datestyle=ISO',
  'intervalstyle=iso_8601',
]

/** A query against a Postgres: one transaction that can only read, a cursor, and the mark as a parameter. */
export const postgresSource = (query: string, url: string): RecordSource => ({
  read: (reading, signal) => rowsOf(query, url, reading, signal),
})

async function* rowsOf(query: string, url: string, reading: Reading, signal: AbortSignal): AsyncGenerator<SourceItem> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'stageline-source',
    options: SETTINGS.map((setting) => `-c ${setting}`).join(' '),
    connectionTimeoutMillis: 10_000,
    query_timeout: ANSWER_MS,
  })
  // A connection that breaks between two fetches tells it as an event; unheard it would end the process.
  client.on('error', () => {})
  const stop = () => void client.end().catch(() => {})
  signal.addEventListener('abort', stop, { once: true })
  try {
    for await (const item of fetched(client, query, reading)) {
      signal.throwIfAborted()
      yield item
    }
  } catch (error) {
    signal.throwIfAborted()
    throw meaningOf(error)
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}

async function* fetched(client: pg.Client, query: string, reading: Reading): AsyncGenerator<SourceItem> {
  await client.connect()
  await client.query('BEGIN TRANSACTION READ ONLY')
  const text = orderedQuery(query, reading, {
    quote: quoted,
    json: 'to_jsonb(q)::text',
    text: (column) => `${column}::text`,
    mark: '$1',
    nullsFirst: ' NULLS FIRST',
  })
  const values = reading.markColumn !== undefined && reading.from !== undefined ? [reading.from] : []
  // With a query of its own protocol there is one statement in it, whatever the text says.
  const cursor = { text: `DECLARE records NO SCROLL CURSOR FOR ${text}`, values, queryMode: 'extended' }
  await client.query(cursor)
  for (let nth = 0; ;) {
    const { rows } = await client.query<{ record: string; mark: string | null }>(`FETCH ${ROWS_AT_ONCE} FROM records`)
    for (const { record, mark } of rows) yield itemOf(++nth, record, mark)
    if (rows.length < ROWS_AT_ONCE) return
  }
}

/** 28 and 3D: who or what to connect to is wrong; 08, 53, 57P: the server; anything else with a state: the query. */
function meaningOf(error: unknown): unknown {
  const state = error instanceof pg.DatabaseError ? error.code : undefined
  if (state === undefined) return isLost(error) ? sourceAway('The database', error) : error
  if (/^(28|3D)/.test(state))
    return new SystemError('source.unauthorized', `The database lets the connection not in: ${textOf(error)}`, {
      cause: error,
    })
  if (/^(08|53|57P|40|55P)/.test(state)) return sourceAway('The database', error)
  if (state === '57014')
    return queryRefused(
      'The database',
      `it takes longer than ${STATEMENT_MS / 1_000} s; ask for less, or add an index`,
      error,
    )
  return queryRefused('The database', textOf(error), error)
}

const isLost = (error: unknown): boolean =>
  error instanceof Error &&
  (('code' in error && /^E[A-Z]+$/.test(String(error.code))) ||
    /terminated|timeout|not queryable|closed/i.test(error.message))
