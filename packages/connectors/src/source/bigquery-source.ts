import { DataError, RateLimited } from '@stageline/domain'
import type { Reading, RecordSource, SourceItem } from '@stageline/engine/ports'
import { errorOfStatus } from '../http/expect-ok.ts'
import type { Answer, Outbound } from '../http/outbound.ts'
import { readJson } from '../look-up/read-json.ts'
import { z } from 'zod'
import type { ConnectionOf } from './connections.ts'
import { orderedQuery } from './ordered-query.ts'
import { itemOf } from './record-text.ts'
import { columnMissing, queryRefused, sourceFault } from './source-error.ts'

const ROWS_A_PAGE = 1_000
/** How long the service may hold a question open before it says that it still works on it. */
const WAIT_MS = 20_000
const MAX_BYTES = 50_000_000

const Result = z.object({
  jobReference: z.object({ jobId: z.string(), location: z.string().optional() }).optional(),
  jobComplete: z.boolean().default(true),
  schema: z.object({ fields: z.array(z.object({ name: z.string(), type: z.string() })) }).optional(),
  rows: z.array(z.object({ f: z.array(z.object({ v: z.string().nullable() })) })).default([]),
  pageToken: z.string().optional(),
})
type Result = z.infer<typeof Result>

type Deps = {
  connection: ConnectionOf<'bigquery'>
  outbound: Outbound
  now: () => Date
  /** None for a stand-in that asks for none. */
  token: ((signal: AbortSignal) => Promise<string>) | undefined
}

/** A query of BigQuery by its REST API (`jobs.query`, `jobs.getQueryResults`), page after page; the mark is a parameter. */
export const bigquerySource = (query: string, deps: Deps): RecordSource => ({
  read: (reading, signal) => rowsOf(query, reading, { ...deps, signal }),
})

type Asking = Deps & { signal: AbortSignal }

async function* rowsOf(query: string, reading: Reading, asking: Asking): AsyncGenerator<SourceItem> {
  const { maxBytesBilled } = asking.connection
  const billed = maxBytesBilled === undefined ? {} : { maximumBytesBilled: String(maxBytesBilled) }
  const first = await ask('/queries', asking, {
    ...billed,
    ...(await questionOf(query, reading, asking)),
    maxResults: ROWS_A_PAGE,
    timeoutMs: WAIT_MS,
  })
  let nth = 0
  for (let page: Result | undefined = first; page; page = await nextOf(page, first, asking)) {
    for (const { f: cells } of page.rows) yield itemOf(++nth, cells[0]?.v ?? 'null', cells[1]?.v ?? null)
  }
}

/** The page behind this one; the same question again while it is still being worked on; undefined at the end. */
async function nextOf(
  { jobComplete, pageToken }: Result,
  { jobReference: job }: Result,
  asking: Asking,
): Promise<Result | undefined> {
  if (jobComplete && pageToken === undefined) return undefined
  if (!job) throw sourceFault('source.unreadable', 'BigQuery names no job for the rest of its rows')
  const wanted = new URLSearchParams({ maxResults: String(ROWS_A_PAGE), timeoutMs: String(WAIT_MS) })
  const location = job.location ?? asking.connection.location
  if (location !== undefined) wanted.set('location', location)
  if (pageToken !== undefined) wanted.set('pageToken', pageToken)
  return ask(`/queries/${encodeURIComponent(job.jobId)}?${wanted.toString()}`, asking)
}

async function questionOf(query: string, reading: Reading, asking: Asking) {
  const { location } = asking.connection
  const common = { useLegacySql: false, ...(location === undefined ? {} : { location }) }
  const { markColumn, from } = reading
  const type =
    markColumn === undefined || from === undefined ? undefined : await typeOf(markColumn, query, common, asking)
  const text = orderedQuery(query, reading, {
    quote: (name) => `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``,
    json: 'TO_JSON_STRING(q)',
    text: (column) => `CAST(${column} AS STRING)`,
    mark: '@mark',
    nullsFirst: ' NULLS FIRST',
  })
  if (type === undefined) return { ...common, query: text }
  const parameter = { name: 'mark', parameterType: { type }, parameterValue: { value: from } }
  return { ...common, query: text, parameterMode: 'NAMED', queryParameters: [parameter] }
}

/** What the column is, which a parameter must be too; a dry run costs nothing. */
async function typeOf(column: string, query: string, common: object, asking: Asking): Promise<string> {
  const { schema } = await ask('/queries', asking, { ...common, query, dryRun: true })
  const fields = schema?.fields ?? []
  const type = fields.find(({ name }) => name.toLowerCase() === column.toLowerCase())?.type
  if (type === undefined)
    throw columnMissing(
      column,
      fields.map(({ name }) => name),
    )
  return LEGACY[type] ?? type
}

/** Schemas name types as legacy SQL does, parameters as standard SQL. */
const LEGACY: Readonly<Record<string, string>> = { INTEGER: 'INT64', FLOAT: 'FLOAT64', BOOLEAN: 'BOOL' }

async function ask(
  path: string,
  { connection, outbound, token, signal, now }: Asking,
  question?: object,
): Promise<Result> {
  const authorization = token && { authorization: `Bearer ${await token(signal)}` }
  const url = `${connection.endpoint.replace(/\/$/, '')}/bigquery/v2/projects/${connection.project}${path}`
  const answer = await outbound.call(url, {
    method: question ? 'POST' : 'GET',
    headers: { accept: 'application/json', 'content-type': 'application/json', ...authorization },
    ...(question ? { body: JSON.stringify(question) } : {}),
    signal,
    maxBytes: MAX_BYTES,
    timeoutMs: WAIT_MS + 20_000,
  })
  if (answer.status >= 300) throw refusalOf(answer, now())
  const parsed = Result.safeParse(readJson(answer))
  if (!parsed.success)
    throw sourceFault('source.unreadable', 'BigQuery answered in another form: check the endpoint of its connection')
  return parsed.data
}

const Refusal = z.object({
  error: z.object({ message: z.string(), errors: z.array(z.object({ reason: z.string().optional() })).default([]) }),
})

/** BigQuery says 403 also where it only asks for a rest, and 400 and 404 of a query that somebody must mend. */
function refusalOf(answer: Answer, now: Date): Error {
  const error = Refusal.safeParse(jsonOf(answer.text)).data?.error
  const reasons = new Set(error?.errors.map(({ reason }) => reason))
  if (reasons.has('rateLimitExceeded') || reasons.has('quotaExceeded'))
    return new RateLimited('outbound.rate_limited', `BigQuery asks for a rest: ${error?.message.slice(0, 500)}`)
  const meant = errorOfStatus(answer, now)
  return meant instanceof DataError ? queryRefused('BigQuery', error?.message ?? meant.message, meant) : meant
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
