import { DataError, TransientError } from '@stageline/domain'

/** A source that nobody but a person can mend. The message says what, where and how. */
export const sourceFault = (code: `source.${string}`, message: string, cause?: unknown): DataError =>
  new DataError(code, message, cause === undefined ? {} : { cause })

export const columnMissing = (column: string, found: readonly string[]): DataError =>
  sourceFault(
    'source.column_missing',
    `There is no column "${column}", only ${found
      .map((name) => `"${name}"`)
      .join(', ')
      .slice(0, 500)}: correct its name in the source, or let the query give it`,
  )

/** What a database says of a query is told whole: who wrote the query needs it. */
export const queryRefused = (what: string, message: string, cause?: unknown): DataError =>
  sourceFault('source.query_refused', `${what} refuses the query: ${message.slice(0, 1_000)}`, cause)

export const sourceAway = (what: string, cause: unknown): TransientError =>
  new TransientError('source.unavailable', `${what} does not answer: ${textOf(cause)}`, { cause })

export const textOf = (thrown: unknown): string =>
  thrown instanceof Error && thrown.message !== '' ? thrown.message : String(thrown)
