import type { SourceOrigin } from '@stageline/domain'
import type { RecordSource } from '@stageline/engine/ports'
import { expectOk } from '../http/expect-ok.ts'
import type { Answer, Outbound } from '../http/outbound.ts'
import { valueAt } from '../look-up/read-json.ts'
import type { ConnectionOf } from './connections.ts'
import { inOrder } from './in-order.ts'
import { sourceFault } from './source-error.ts'

type HttpOrigin = Extract<SourceOrigin, { kind: 'http' }>
type Deps = { outbound: Outbound; now: () => Date; connection: ConnectionOf<'http'> | undefined }

const MAX_BYTES = 50_000_000
const MOST_PAGES = 100_000

/** An address that answers with a JSON list or JSON lines, page after page. Keys go to the origin of their connection only. */
export const httpSource = (origin: HttpOrigin, deps: Deps): RecordSource => ({
  read: (reading, signal) => inOrder(itemsOf(origin, deps, signal), reading),
})

async function* itemsOf(origin: HttpOrigin, deps: Deps, signal: AbortSignal) {
  let nth = 0
  const seen = new Set<string>()
  for (let url: string | undefined = origin.url; url !== undefined;) {
    if (seen.has(url) || seen.size >= MOST_PAGES) throw circle(url)
    seen.add(url)
    const { values, next } = pageOf(await ask(url, deps, signal), origin)
    for (const value of values) {
      nth += 1
      yield isRecord(value)
        ? { position: String(nth), record: value }
        : { position: String(nth), fault: 'is no JSON object: give {"column": value, …}' }
    }
    url = next
  }
}

async function ask(url: string, { outbound, connection, now }: Deps, signal: AbortSignal): Promise<Answer> {
  if (connection && new URL(url).origin !== new URL(connection.origin).origin)
    throw sourceFault(
      'source.connection_mismatch',
      `The connection is for ${new URL(connection.origin).origin}, not for ${new URL(url).origin}: its keys are not sent there`,
    )
  const headers = { accept: 'application/json, application/x-ndjson', ...connection?.headers }
  return expectOk(await outbound.call(url, { headers, signal, maxBytes: MAX_BYTES, timeoutMs: 60_000 }), now())
}

type PageOfRecords = { values: readonly unknown[]; next: string | undefined }

function pageOf(answer: Answer, origin: HttpOrigin): PageOfRecords {
  if (origin.format === 'jsonl') return { values: linesOf(answer), next: undefined }
  const body = parsed(answer.text, answer.url, 'its answer')
  const values = valueAt(body, origin.items)
  if (!Array.isArray(values)) throw noList(answer.url, origin.items)
  const next = origin.next === undefined ? undefined : valueAt(body, origin.next)
  if (typeof next !== 'string' || next === '') return { values, next: undefined }
  const url = URL.parse(next, answer.url)
  if (!url) throw sourceFault('source.unreadable', `"${next.slice(0, 200)}" at ${origin.next} is no address of a page`)
  return { values, next: url.href }
}

const linesOf = ({ text, url }: Answer): unknown[] =>
  text
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [parsed(line, url, `line ${index + 1} of its answer`)]))

function parsed(text: string, url: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw sourceFault(
      'source.unreadable',
      `${new URL(url).origin}: ${what} is no JSON; check address and format`,
      cause,
    )
  }
}

const noList = (url: string, items: string) =>
  sourceFault(
    'source.unreadable',
    `${new URL(url).origin} answers without a list at "${items}": say as "items" where it stands, such as /data`,
  )

const circle = (url: string) =>
  sourceFault('source.unreadable', `The pages do not end: ${new URL(url).origin} names one that was read already`)

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
