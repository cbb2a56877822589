import type { StepEnd } from './ports/index.ts'

/**
 * What the end of one step says of the stage. Bad data and a polite refusal prove that the other side answers; a time-out
 * or a plain throw proves nothing good, and letting all steps go on then would use up their attempts.
 */
export function probeAnswer(end: StepEnd): 'works' | 'down' | 'unclear' {
  if (end.outcome === 'completed') return 'works'
  if (!('failure' in end)) return 'unclear'
  return end.failure.kind === 'data' || end.failure.kind === 'rate_limited' ? 'works' : 'down'
}
