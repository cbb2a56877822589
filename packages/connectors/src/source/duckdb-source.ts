import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { SourceOrigin } from '@stageline/domain'
import type { Reading, RecordSource, SourceItem } from '@stageline/engine/ports'
import { realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join, sep } from 'node:path'
import { orderedQuery, quoted } from './ordered-query.ts'
import { itemOf } from './record-text.ts'
import { columnMissing, queryRefused, sourceFault, textOf } from './source-error.ts'

type DuckdbOrigin = Extract<SourceOrigin, { kind: 'duckdb' }>

/** No extensions from the network; what does not fit into the memory goes to a folder of its own. */
const LIMITS = {
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
  memory_limit: '512MB',
  threads: '2',
}

/** A Parquet, CSV or JSON lines file, or a DuckDB database, of one folder; opened to be read, and nothing else on the machine. */
export const duckdbSource = (origin: DuckdbOrigin, folder: string): RecordSource => ({
  read: (reading, signal) => rowsOf(origin, folder, reading, signal),
})

async function* rowsOf(
  origin: DuckdbOrigin,
  folder: string,
  reading: Reading,
  signal: AbortSignal,
): AsyncGenerator<SourceItem> {
  const { path, root } = await fileWithin(folder, origin.file)
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance: DuckDBInstance = await DuckDBInstance.create(':memory:', {
    ...LIMITS,
    temp_directory: join(tmpdir(), `stageline-duckdb-${process.pid}`),
  })
  const connection = await instance.connect()
  const stop = () => connection.interrupt()
  signal.addEventListener('abort', stop, { once: true })
  try {
    await lockUp(connection, { path, root })
    for await (const item of fetched(connection, origin, reading)) {
      signal.throwIfAborted()
      yield item
    }
  } catch (error) {
    signal.throwIfAborted()
    throw isDuckdb(error) ? queryRefused(`DuckDB (file "${origin.file}")`, textOf(error), error) : error
  } finally {
    signal.removeEventListener('abort', stop)
    await letGo(connection)
    connection.closeSync()
    instance.closeSync()
  }
}

/** A result that was not read to its end holds the file, and whoever writes it out, until it is collected. */
async function letGo(connection: DuckDBConnection): Promise<void> {
  await connection.run('USE memory').catch(() => undefined)
  await connection.run('DETACH DATABASE IF EXISTS source').catch(() => undefined)
}

/** The real path, links followed, which must lie within the folder. */
async function fileWithin(folder: string, file: string): Promise<{ path: string; root: string }> {
  const root = await realpath(folder).catch(() => undefined)
  if (root === undefined) throw missing(file)
  const path = await realpath(join(root, file)).catch(() => undefined)
  if (path === undefined) throw missing(file)
  if (!path.startsWith(root + sep))
    throw sourceFault('source.outside_folder', `"${file}" leads out of the folder for sources: name a file within it`)
  return { path, root: root + sep }
}

const missing = (file: string) =>
  sourceFault('source.file_missing', `There is no file "${file}" in the folder for sources (STAGELINE_SOURCE_DIR)`)

const DATABASES = new Set(['.duckdb', '.db', '.ddb'])
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Opens the file and then shuts the rest of the machine out, for good. */
async function lockUp(connection: DuckDBConnection, { path, root }: { path: string; root: string }): Promise<void> {
  await connection.run(`SET allowed_directories = [${literal(root)}]`)
  await connection.run('SET enable_external_access = false')
  if (DATABASES.has(extname(path).toLowerCase())) {
    await connection.run(`ATTACH ${literal(path)} AS source (READ_ONLY)`)
    await connection.run('USE source')
  } else {
    await connection.run(`CREATE VIEW records AS SELECT * FROM ${readerOf(path)}`)
  }
  await connection.run('SET lock_configuration = true')
}

function readerOf(path: string): string {
  if (/\.parquet$/i.test(path)) return `read_parquet(${literal(path)})`
  if (/\.(csv|tsv|txt)(\.gz)?$/i.test(path)) return `read_csv(${literal(path)})`
  if (/\.(jsonl|ndjson|json)(\.gz)?$/i.test(path)) return `read_json(${literal(path)})`
  throw sourceFault(
    'source.unreadable',
    `"${extname(path)}" is no ending that is known: .parquet, .csv, .tsv, .jsonl, .ndjson, .json, .duckdb, .db`,
  )
}

async function* fetched(connection: DuckDBConnection, { query }: DuckdbOrigin, reading: Reading) {
  const asked = query ?? 'SELECT * FROM records'
  const types = await columnsOf(connection, asked)
  for (const column of [reading.keyColumn, reading.markColumn])
    if (column !== undefined && !types.has(column)) throw columnMissing(column, [...types.keys()])
  const text = orderedQuery(asked, reading, {
    quote: quoted,
    json: 'to_json(q)::VARCHAR',
    text: (column) => `${column}::VARCHAR`,
    mark: `CAST($1 AS ${types.get(reading.markColumn ?? '') ?? 'VARCHAR'})`,
    nullsFirst: ' NULLS FIRST',
  })
  const statement = await connection.prepare(text)
  if (reading.markColumn !== undefined && reading.from !== undefined) statement.bindVarchar(1, reading.from)
  const result = await statement.stream()
  let nth = 0
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk())
    for (const [record, mark] of chunk.getRows())
      yield itemOf(++nth, String(record), mark === null || mark === undefined ? null : String(mark))
}

/** Columns with their types as DuckDB writes them. */
async function columnsOf(connection: DuckDBConnection, query: string): Promise<Map<string, string>> {
  const statement = await connection.prepare(
    `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM (\n${query.trim().replace(/;$/, '')}\n) AS q)`,
  )
  const rows = await (await statement.run()).getRows()
  return new Map(rows.map(([name, type]) => [String(name), String(type)]))
}

/** What the library throws are plain errors that begin with their kind. */
const isDuckdb = (error: unknown): boolean => error instanceof Error && error.constructor === Error
