import { SystemError } from '@stageline/domain'

/** Errors of Postgres and of the way there, by what helps. Others (our own mistakes in SQL) pass through. */
export function toStoreError(error: unknown): unknown {
  return isUnavailable(error)
    ? new SystemError('store.unavailable', `The database does not answer: ${messageOf(error)}`, { cause: error })
    : error
}

/** Two transactions met; one of them has to begin again. 40001 serialization_failure, 40P01 deadlock_detected. */
export const isCollision = (error: unknown): boolean => ['40001', '40P01'].includes(sqlState(error) ?? '')

/** The database cannot hold a value: 22 data exception, 23 integrity violation, 54 program limit exceeded. */
export const isUnstorable = (error: unknown): boolean => /^(22|23|54)...$/.test(sqlState(error) ?? '')

/** No answer came within the client's own limit: nothing more is to be asked on that connection. */
export const isUnanswered = (error: unknown): boolean => {
  const cause = error instanceof SystemError ? error.cause : error
  return cause instanceof Error && cause.message === 'Query read timeout'
}

/**
 * 08 connection, 53 resources, 57 operator (shutdown, statement_timeout), 58 the system below, 55P03 lock_timeout,
 * 25006 only reading (a standby), 25P03 and 25P04 time-outs of transactions.
 */
function isUnavailable(error: unknown): boolean {
  const state = sqlState(error)
  if (state !== undefined) return /^(08...|53...|57...|58...|55P03|25006|25P0[34])$/.test(state)
  return error instanceof Error && (hasSystemCode(error) || LOST.test(error.message))
}

const LOST =
  /connection (terminated|timeout|error)|timeout (exceeded|expired)|read timeout|client (was closed|has encountered)|after calling end/i

/** SQLSTATE, five characters; ours are told from Node's `ECONNREFUSED` by their length. */
export function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && code !== 'EPIPE' ? code : undefined
}

const hasSystemCode = (error: Error): boolean =>
  'code' in error && typeof error.code === 'string' && /^E[A-Z_]+$/.test(error.code)

const messageOf = (error: unknown): string =>
  error instanceof Error && error.message !== '' ? error.message : String(error)
