/**
 * What can go wrong in a step, by what helps against it (`docs/lifecycle.md`): the kind decides whether a retry comes,
 * when, and whether it costs an attempt. Every error of ours has a stable code, listed in `docs/errors.md`.
 */

export const ERROR_KINDS = ['transient', 'unknown', 'rate_limited', 'data', 'system', 'poison'] as const
export type ErrorKind = (typeof ERROR_KINDS)[number]

export class StagelineError extends Error {
  readonly code: string
  readonly kind: ErrorKind

  constructor(kind: ErrorKind, code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.kind = kind
    this.code = code
  }
}

/** A retry cannot help: the input is at fault. The step goes to a person at once, with the evidence. */
export class DataError extends StagelineError {
  /** What exactly was wrong, for people: field errors, limits, names. */
  readonly details: Record<string, unknown> | undefined

  constructor(code: string, message: string, options?: ErrorOptions & { details?: Record<string, unknown> }) {
    super('data', code, message, options)
    this.details = options?.details
  }
}

/** A passing fault: time-out, 502, connection reset. Retried soon. */
export class TransientError extends StagelineError {
  constructor(code: string, message: string, options?: ErrorOptions) {
    super('transient', code, message, options)
  }
}

/** The other side asks for a pause. Costs no attempt. */
export class RateLimited extends StagelineError {
  readonly retryAfterMs: number | undefined

  constructor(code: string, message: string, options?: ErrorOptions & { retryAfterMs?: number }) {
    super('rate_limited', code, message, options)
    this.retryAfterMs = options?.retryAfterMs
  }
}

/** Something that the stage cannot work without is down. Costs no attempt. */
export class SystemError extends StagelineError {
  constructor(code: string, message: string, options?: ErrorOptions) {
    super('system', code, message, options)
  }
}

/** A failure as it is kept in the history and shown to people. */
export type Failure = {
  kind: ErrorKind
  code: string
  message: string
  stack?: string
  details?: Record<string, unknown>
  retryAfterMs?: number
}

const TRANSIENT_CODES = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_SOCKET',
])

/** Sorts whatever a handler threw. A plain throw is `unknown`: retried, but not soon. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof StagelineError) {
    return {
      kind: thrown.kind,
      code: shorten(thrown.code),
      message: shorten(thrown.message),
      ...(thrown.stack ? { stack: shorten(thrown.stack) } : {}),
      ...(thrown instanceof DataError && thrown.details ? { details: thrown.details } : {}),
      ...(thrown instanceof RateLimited && thrown.retryAfterMs !== undefined
        ? { retryAfterMs: thrown.retryAfterMs }
        : {}),
    }
  }
  if (!(thrown instanceof Error)) return { kind: 'unknown', code: 'stage.threw_non_error', message: describe(thrown) }
  const transient = thrown.name === 'TimeoutError' || isTransient(thrown)
  return {
    kind: transient ? 'transient' : 'unknown',
    code: transient ? 'stage.transient' : 'stage.threw',
    message: shorten(thrown.message),
    ...(thrown.stack ? { stack: shorten(thrown.stack) } : {}),
  }
}

/** Looks through the causes, as far as they are worth a look: a client wraps what the socket said. */
function isTransient(error: Error, depth = 0): boolean {
  const { code, cause } = error as Error & { code?: unknown }
  if (typeof code === 'string' && TRANSIENT_CODES.has(code)) return true
  return depth < 10 && cause instanceof Error && isTransient(cause, depth + 1)
}

function describe(thrown: unknown): string {
  try {
    return shorten(typeof thrown === 'object' && thrown !== null ? (JSON.stringify(thrown) ?? '') : String(thrown))
  } catch {
    return 'A value that cannot be shown'
  }
}

/** At most 4,000 characters, and only such as a database can hold: no NUL, no half of a surrogate pair. */
const shorten = (text: string): string =>
  (text.length > 4000 ? `${text.slice(0, 4000)}…` : text).replaceAll('\0', '\uFFFD').toWellFormed()
