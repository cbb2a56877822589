/**
 * Why Redis takes no writes, in its own words: disk full (MISCONF), memory full (OOM), demoted to a replica (READONLY),
 * reading its files (LOADING), no rights (NOAUTH, WRONGPASS, NOPERM), cut off from its cluster or primary.
 */
const WORDS = /\b(MISCONF|OOM|READONLY|LOADING|NOAUTH|WRONGPASS|NOPERM|NOREPLICAS|MASTERDOWN|CLUSTERDOWN)\b/

/** How clients say that nobody answered. */
const SILENT = /timed out|did not answer|connection is closed|stream isn't writeable|max retries|ECONN|EPIPE|ETIMEDOUT/i

/** The word with which Redis refuses; undefined for any other error. Scripts put it in the middle of their message. */
export const refusalOf = (error: unknown): string | undefined => WORDS.exec(messagesOf(error))?.[1]

/** The same, or that Redis does not answer; undefined for an error that is not about Redis as a whole. */
export const outageOf = (error: unknown): string | undefined =>
  refusalOf(error) ?? (SILENT.test(messagesOf(error)) ? 'no answer' : undefined)

/** With its causes: whoever sends says what could not be sent, and keeps why as the cause. */
function messagesOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return ''
  const cause = depth < 5 ? messagesOf(error.cause, depth + 1) : ''
  return `${error.message.slice(0, 400)} ${cause}`
}
