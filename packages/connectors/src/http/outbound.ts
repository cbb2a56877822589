import { DataError } from '@stageline/domain'
import type { Dispatcher } from 'undici'
import { parseAllowList } from './allow-list.ts'
import type { dial, GuardOptions, Lookup } from './guarded-agent.ts'
import { limitBody, tooLarge } from './limit-body.ts'
import { nextHop, type Hop } from './next-hop.ts'
import { checkUrl, outboundError } from './outbound-error.ts'

export type Limits = {
  /** Of the answer, decompressed. Default 10 MB. */
  maxBytes?: number | undefined
  /** From the call to the last byte of the answer, redirects included. Default 30 s. */
  timeoutMs?: number | undefined
  /** How many redirects are followed; the next is an error. 0: a redirect is an answer like any other. Default 5. */
  maxRedirects?: number | undefined
}

export type Call = Limits & {
  method?: string
  headers?: Record<string, string>
  body?: string | undefined
  signal?: AbortSignal | undefined
}

export type Answer = {
  status: number
  headers: Headers
  /** Of the last request, after redirects. */
  url: string
  text: string
}

/** The way out for everything that calls another machine by HTTP. */
export type Outbound = AsyncDisposable & {
  /** Asks and reads the whole answer, whatever its status: see `expectOk`. */
  call(url: string | URL, call?: Call): Promise<Answer>
  /** For libraries that take a `fetch`. */
  fetchWithin(limits: Limits): typeof globalThis.fetch
}

export type OutboundOptions = {
  /** `STAGELINE_OUTBOUND_ALLOW`. */
  allow?: string | undefined
  /** How long a connection may take to come about. Default 5 s. */
  connectTimeoutMs?: number | undefined
  /** In the place of the system's resolver. */
  lookup?: Lookup | undefined
}

const MAX_REDIRECTS = 5
const MAX_BYTES = 10_000_000
const TIMEOUT_MS = 30_000

/**
 * The one client for calls to the outside: public addresses and allowed ones only, checked as they are dialled; http and
 * https; redirects followed by hand, each checked alike; limits of time and size.
 *
 * @throws DataError `outbound.address_refused`, `outbound.url_refused`, `outbound.redirect_refused`,
 *   `outbound.too_many_redirects`, `outbound.answer_too_large`; TransientError `outbound.timeout`,
 *   `outbound.connection_failed`; the reason of the caller's signal once that has aborted
 */
export function createOutbound({ allow = '', connectTimeoutMs = 5_000, lookup }: OutboundOptions = {}): Outbound {
  const guard = { allow: parseAllowList(allow), connectTimeoutMs, lookup }
  let dialling: Promise<Dialler> | undefined
  const dialler = () => (dialling ??= openDialler(guard))
  return {
    async call(address, { method = 'GET', headers = {}, body, signal, ...limits } = {}) {
      const bytes = body === undefined ? undefined : new TextEncoder().encode(body)
      const hop = { url: parseUrl(address), method, headers: new Headers(headers), body: bytes }
      const { response, url } = await follow(hop, { ...(await dialler()), caller: signal, ...limits })
      return { status: response.status, headers: response.headers, url: url.href, text: await response.text() }
    },
    fetchWithin: (limits) => async (input, init) => {
      const request = new Request(input, init)
      const body = request.body ? new Uint8Array(await request.arrayBuffer()) : undefined
      const hop = { url: new URL(request.url), method: request.method, headers: request.headers, body }
      return (await follow(hop, { ...(await dialler()), caller: request.signal, ...limits })).response
    },
    [Symbol.asyncDispose]: async () => (await dialling)?.agent.destroy(),
  }
}

type Dialler = { agent: Dispatcher; dial: typeof dial }

/** With the first call: the library weighs more than all of this package, and most processes never call out. */
async function openDialler(guard: GuardOptions): Promise<Dialler> {
  const library = await import('./guarded-agent.ts')
  return { agent: library.createGuardedAgent(guard), dial: library.dial }
}

type Way = Limits & Dialler & { caller: AbortSignal | undefined }

/** Up to the head of the last answer; its body is read under the same limits. */
async function follow(first: Hop, { caller, agent, dial, ...limits }: Way) {
  const { maxBytes = MAX_BYTES, timeoutMs = TIMEOUT_MS, maxRedirects = MAX_REDIRECTS } = limits
  const limit = AbortSignal.timeout(timeoutMs)
  const signal = caller ? AbortSignal.any([caller, limit]) : limit
  let hop = first
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    const { url } = hop
    const explain = (thrown: unknown) => outboundError(thrown, url, caller)
    const answer = await send(hop, { agent, dial }, signal).catch((error: unknown) => {
      throw explain(error)
    })
    const next = maxRedirects > 0 ? nextHop(hop, answer.status, answer.headers.get('location')) : undefined
    if (!next) return { response: bounded(answer, { maxBytes, origin: url.origin, explain }), url }
    await answer.body?.cancel()
    hop = next
  }
  throw new DataError('outbound.too_many_redirects', `${first.url.origin} redirected more than ${maxRedirects} times`)
}

const send = async ({ url, ...request }: Hop, { agent: dispatcher, dial }: Dialler, signal: AbortSignal) =>
  dial(checkUrl(url), {
    ...request,
    headers: [...request.headers],
    body: request.body ?? null,
    redirect: 'manual',
    dispatcher,
    signal,
  })

/** Node's own kind of response, whose body ends with an error where it grows too large. */
function bounded({ status, headers, body }: Dialled, limit: Parameters<typeof limitBody>[1]): Response {
  if (Number(headers.get('content-length')) > limit.maxBytes) {
    void body?.cancel().catch(() => undefined)
    throw tooLarge(limit.origin, limit.maxBytes)
  }
  return new Response(body && limitBody(body, limit), { status: Math.min(status, 599), headers: [...headers] })
}

type Dialled = Awaited<ReturnType<typeof dial>>

/** @throws DataError `outbound.url_refused` */
function parseUrl(address: string | URL): URL {
  const url = URL.parse(address)
  if (!url) throw new DataError('outbound.url_refused', 'The URL is not called: it is not a whole URL')
  return url
}
