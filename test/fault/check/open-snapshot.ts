import pg from 'pg'
import { loadRecorder } from './load-recorder.ts'
import type { Look } from './invariant.ts'

/** Long queries over the whole record are what this is for; they sort on disk rather than in memory. */
const SETTINGS = [
  'statement_timeout=0',
  'work_mem=64MB',
  'jit=off',
  // Tables that nobody has analysed yet look tiny to the planner: loops within loops over them took half a minute.
  'enable_nestloop=off',
  'timezone=UTC',
  'search_path=public',
  'temp_buffers=32MB',
]

/**
 * One view of the whole record, that nothing moves under: read only, REPEATABLE READ. What the recorder saw is read
 * first, so that everything it was promised had been committed when the view was taken.
 */
export async function openSnapshot(url: string, recorder?: string): Promise<AsyncDisposable & Pick<Look, 'query'>> {
  const options = SETTINGS.map((setting) => `-c ${setting}`).join(' ')
  const client = new pg.Client({ connectionString: url, application_name: 'stageline-check', options })
  await client.connect()
  try {
    await demandSight(client)
    if (recorder !== undefined) await loadRecorder(client, recorder)
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  } catch (error) {
    await client.end()
    throw error
  }
  return {
    query: async <Row extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []) =>
      (await client.query<Row>(sql, [...values])).rows,
    [Symbol.asyncDispose]: () => client.end(),
  }
}

/** Row-level security would show nobody else anything, and nothing is wrong with nothing. */
async function demandSight(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ sees: boolean }>(
    `SELECT rolsuper OR rolbypassrls OR pg_has_role(oid, 'worker', 'USAGE') AS sees FROM pg_roles WHERE rolname = current_user`,
  )
  if (!rows[0]?.sees) throw new Error('This user does not see all rows: sign in as a superuser or as the role "worker"')
}
