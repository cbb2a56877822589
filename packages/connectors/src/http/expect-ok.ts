import { DataError, RateLimited, SystemError, TransientError } from '@stageline/domain'
import type { Answer } from './outbound.ts'

/**
 * The answer, where it is one of success; else what helps against it: waiting as long as the other side asks, a retry,
 * a person who mends the settings, or one who mends the request.
 *
 * @throws RateLimited `outbound.rate_limited`, TransientError `outbound.server_error`, SystemError
 *   `outbound.unauthorized`, DataError `outbound.request_refused`
 */
export function expectOk(answer: Answer, now: Date): Answer {
  if (answer.status >= 200 && answer.status < 300) return answer
  throw errorOfStatus(answer, now)
}

export type Refusal = Pick<Answer, 'status' | 'headers' | 'url'>

/** What the status of an answer is to the engine. */
export function errorOfStatus({ status, headers, url }: Refusal, now: Date, cause?: unknown): Error {
  const message = `${new URL(url).origin} answered ${status}`
  const options = cause === undefined ? {} : { cause }
  const retryAfterMs = parseRetryAfter(headers, now)
  if (status === 429 || (status === 503 && retryAfterMs !== undefined)) {
    return new RateLimited(
      'outbound.rate_limited',
      message,
      retryAfterMs === undefined ? options : { ...options, retryAfterMs },
    )
  }
  if (status >= 500 || PASSING.has(status)) return new TransientError('outbound.server_error', message, options)
  if (LOCKED_OUT.has(status)) return new SystemError('outbound.unauthorized', message, options)
  return new DataError('outbound.request_refused', message, options)
}

/** Request timeout, conflict, too early. */
const PASSING = new Set([408, 409, 425])
/** The key is wrong or gone, the account has no money left, or may not do this. */
const LOCKED_OUT = new Set([401, 402, 403, 407])

const LONGEST_MS = 24 * 3_600_000

/**
 * `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), and the `retry-after-ms` of some model providers. At most a
 * day; undefined where neither can be read.
 */
export function parseRetryAfter(headers: Headers, now: Date): number | undefined {
  const exact = headers.get('retry-after-ms')
  const plain = headers.get('retry-after')
  const ms = exact === null ? msOf(plain ?? '', now) : Number(exact)
  return Number.isFinite(ms) ? Math.min(Math.max(Math.ceil(ms), 0), LONGEST_MS) : undefined
}

const msOf = (text: string, now: Date): number =>
  /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now.getTime()
