import { ApiProblem } from '@stageline/client'
import { CommandError, StoppedWaiting } from './command-error.ts'
import { EXIT } from './exit-codes.ts'
import { isPassing, isUnanswered, reasonOf } from './passing-trouble.ts'

export type Explanation = { code: number; message: string; where?: string; mend: readonly string[] }

/** What went wrong, where, and what mends it; undefined for what is no trouble of the user's but a fault of ours. */
export function explain(error: unknown, url: string): Explanation | undefined {
  if (error instanceof CommandError) return { code: error.code, message: error.message, mend: error.mend }
  if (error instanceof StoppedWaiting) return { code: EXIT.interrupted, message: error.message, mend: [] }
  if (error instanceof ApiProblem) return explainProblem(error, url)
  if (isUnanswered(error)) return explainSilence(error, url)
  if (error instanceof SyntaxError) return notALine(url)
  return undefined
}

const explainSilence = (error: TypeError, url: string): Explanation => ({
  code: EXIT.unreachable,
  message: `No answer from ${url}: ${reasonOf(error)}`,
  mend: ['Start the line (npm start), or say where it is: --url or STAGELINE_URL'],
})

const notALine = (url: string): Explanation => ({
  code: EXIT.unreachable,
  message: `What answers at ${url} is not a Stageline gateway`,
  mend: ['Say where the line is: --url or STAGELINE_URL'],
})

const NOT_FOUND = 'There is nothing with this id, or it is not yours to see'

function explainProblem(problem: ApiProblem, url: string): Explanation {
  const isForeign = problem.code === 'http.unexpected'
  if (isForeign && !isPassing(problem)) return notALine(url)
  const { title, detail, errors, status, code, traceId } = problem
  const told = detail === undefined || errors[0]?.detail === detail ? '' : `: ${detail}`
  const places = errors.map(({ pointer, detail: why }) => `\n    ${pointer || '/'}  ${why}`).join('')
  return {
    code: exitCodeOf(status),
    message: status === 404 ? NOT_FOUND : `${title}${told}${places}`,
    where: `${url}, ${status} ${code}${traceId === undefined ? '' : `, trace ${traceId}`}`,
    mend: [mendOf(problem), ...(isForeign ? [] : [`Read on at ${url}/problems/${code}`])],
  }
}

export function exitCodeOf(status: number): number {
  if (status === 404) return EXIT.notFound
  if (status < 500) return EXIT.refused
  return status === 500 ? EXIT.failed : EXIT.unreachable
}

const REMEDIES: Readonly<Record<string, string>> = {
  'auth.required': 'Set STAGELINE_API_KEY; a line of npm start keeps its key in .stageline/api-key',
  'auth.unknown_key': 'Check STAGELINE_API_KEY: the key may have been revoked, or be that of another line',
  'resource.unknown': 'Check the id: stageline jobs list, stageline tasks list',
  'source.unknown': 'See what there is: stageline sources list; make one: stageline sources save',
  'batch.under_way': 'Wait until it is read (stageline status), or take what is not new: --all',
  'action.refused': 'Look at the state that it is in: stageline jobs get, stageline tasks show',
  'task.held': 'Wait until it is released or its lease ends, or ask who holds it',
  'task.closed': 'Nothing is left to do: stageline tasks show tells the verdict',
}

function mendOf({ code, status, retryAfterS }: ApiProblem): string {
  const later = retryAfterS === undefined ? 'a little later' : `in ${retryAfterS} s`
  const known = REMEDIES[code]
  if (known !== undefined) return known
  if (status === 429 || [502, 503, 504].includes(status)) return `Try again ${later}; what was accepted goes on`
  return status >= 500 ? 'Report it with the trace id' : 'Correct it and try again'
}
