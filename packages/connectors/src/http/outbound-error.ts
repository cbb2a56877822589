import { DataError, StagelineError, TransientError } from '@stageline/domain'

const TIMEOUTS = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])

/**
 * What a broken call is to the engine. Messages name the origin only: paths and queries may carry keys.
 *
 * @param caller whoever aborted the call gets the own reason back
 */
export function outboundError(thrown: unknown, url: URL, caller: AbortSignal | undefined): unknown {
  if (caller?.aborted) return caller.reason
  const causes = causesOf(thrown)
  const ours = causes.find((cause) => cause instanceof StagelineError)
  if (ours) return ours
  if (causes.some(isTimeout)) {
    return new TransientError('outbound.timeout', `${url.origin} did not answer in time`, { cause: thrown })
  }
  if (causes.length < 2) return thrown
  const reason = causes.at(-1)!.message
  return new TransientError('outbound.connection_failed', `The connection to ${url.origin} failed: ${reason}`, {
    cause: thrown,
  })
}

/** The error and what is below it, so far as it is worth a look. */
export function causesOf(thrown: unknown): Error[] {
  const causes: Error[] = []
  for (let next = thrown; next instanceof Error && causes.length < 10; next = next.cause) causes.push(next)
  return causes
}

const isTimeout = (error: Error): boolean =>
  error.name === 'TimeoutError' || TIMEOUTS.has((error as NodeJS.ErrnoException).code ?? '')

/** @throws DataError `outbound.url_refused` */
export function checkUrl(url: URL): URL {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refused('only http and https are called')
  if (url.username !== '' || url.password !== '') throw refused('it carries a user name or password')
  return url
}

const refused = (why: string) => new DataError('outbound.url_refused', `The URL is not called: ${why}`)
