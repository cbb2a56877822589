import { ApiProblem } from '@stageline/client'

/** Nobody answered, or the connection broke: what `fetch` throws for it. */
export const isUnanswered = (error: unknown): error is TypeError =>
  error instanceof TypeError && /fetch failed|terminated/.test(error.message)

/** Worth another try a little later. */
export const isPassing = (error: unknown): boolean =>
  isUnanswered(error) || (error instanceof ApiProblem && [429, 502, 503, 504].includes(error.status))

/** Why nobody answered, as the system tells it: `ECONNREFUSED`, `ENOTFOUND` … */
export function reasonOf(error: TypeError): string {
  const cause = error.cause
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : ''
  return REASONS[code] ?? (cause instanceof Error && cause.message !== '' ? cause.message : error.message)
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up',
  ECONNRESET: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
  UND_ERR_CONNECT_TIMEOUT: 'the host does not answer',
  UND_ERR_HEADERS_TIMEOUT: 'no answer came in time',
}
