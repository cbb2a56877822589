import { describeError } from './describe-error.ts'
import type { Logger } from './logger.ts'
import type { TroubleLimiter } from './trouble.ts'

/**
 * A logger whose error lines are held to one a second for each message, code and cause, with their `count`: for those who
 * answer requests, of which a thousand may meet the same outage.
 */
export const quietLogger = (logger: Logger, troubles: TroubleLimiter): Logger => ({
  ...logger,
  error: (fields, message) =>
    troubles.report(message, causeOf(fields), (count) => logger.error({ ...fields, count }, message)),
  child: (fields) => quietLogger(logger.child(fields), troubles),
})

function causeOf(fields: object): string {
  const { code, err }: { code?: unknown; err?: unknown } = fields
  return `${typeof code === 'string' ? code : ''} ${causeText(err)}`
}

/** What tells errors apart: their own code, and their message where it may be seen. */
export function causeText(error: unknown): string {
  const { code, message = '' } = describeError(error)
  return `${code} ${message}`
}
