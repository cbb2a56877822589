import { DataError } from '@stageline/domain'

/** A request as it is sent to one address. */
export type Hop = { url: URL; method: string; headers: Headers; body: Uint8Array<ArrayBuffer> | undefined }

/** What may go to another origin than the caller named: nothing that says who asks, and no key under whatever name. */
const HARMLESS = new Set(['accept', 'accept-language', 'content-type', 'user-agent'])

/**
 * Where a redirect leads, as a request of its own; undefined where the answer is none. Keys stay with the origin that
 * they were meant for, a body too, and what came over TLS does not go on without it.
 *
 * @throws DataError `outbound.redirect_refused`
 */
export function nextHop(hop: Hop, status: number, location: string | null): Hop | undefined {
  if (![301, 302, 303, 307, 308].includes(status) || location === null) return undefined
  const url = URL.parse(location, hop.url)
  if (!url) throw refused(hop, 'its Location is no URL')
  if (hop.url.protocol === 'https:' && url.protocol === 'http:') throw refused(hop, 'it leads from https to http')
  const asked = becomesGet(hop.method, status) ? { method: 'GET', body: undefined } : hop
  if (url.origin === hop.url.origin) return { ...asked, url, headers: hop.headers }
  if (asked.body) throw refused(hop, 'it would take the body to another origin')
  const headers = new Headers([...hop.headers].filter(([name]) => HARMLESS.has(name)))
  return { url, method: asked.method, body: undefined, headers }
}

/** As browsers do (Fetch standard, HTTP-redirect fetch). */
const becomesGet = (method: string, status: number): boolean =>
  status === 303 ? method !== 'HEAD' : (status === 301 || status === 302) && method === 'POST'

const refused = ({ url }: Hop, why: string) =>
  new DataError('outbound.redirect_refused', `A redirect from ${url.origin} is not followed: ${why}`)
