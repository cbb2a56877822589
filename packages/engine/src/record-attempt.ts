import type { Failure } from '@stageline/domain'
import type { Attempt } from './attempt-step.ts'
import type { Recorded } from './change.ts'
import { recordWithHeld, type Outcome } from './in-one-go.ts'
import { isoOf } from './later.ts'
import type { StepEnd } from './ports/index.ts'
import type { ExecutorDeps, Try } from './step-try.ts'

/** Records how a try ended that gave no output, and says whether that still counted. */
export async function recordAttempt(
  work: Try,
  ended: Exclude<Attempt, { output: unknown }>,
  deps: ExecutorDeps,
): Promise<StepEnd> {
  if ('lost' in ended) return { outcome: 'lost' }
  if ('givenBack' in ended) return recordEnd(work, { kind: 'returned' }, { outcome: 'returned' }, deps)
  return recordFailure(work, ended.failure, deps)
}

/**
 * Records an output, and says whether it still counted.
 *
 * @param held what becomes of it, where it is recorded with what follows it
 */
export async function recordOutput(
  work: Try,
  outcome: Outcome,
  deps: ExecutorDeps,
  held?: Promise<Recorded>,
): Promise<StepEnd> {
  const recorded = await (held ?? recordWithHeld(work, outcome, deps.record))
  if (recorded.kind === 'unstorable') {
    const message = `The database cannot store this output: ${recorded.message}`
    return recordFailure(work, { kind: 'data', code: 'stage.unstorable_output', message }, deps)
  }
  if (recorded.kind !== 'recorded') return { outcome: 'stale' }
  const { step, output } = outcome.happening
  if (work.reads && !held) deps.recent?.remember(work.workflow, recorded.job, work.reads, { step, output })
  return { outcome: 'completed' }
}

export function outcomeOf(
  { workflow, job, step, fence, startedAt }: Try,
  output: unknown,
  deps: ExecutorDeps,
): Outcome {
  const about = { step, fence, startedAt: isoOf(startedAt), worker: deps.workerId }
  return { workflow, job, happening: { kind: 'succeeded', ...about, output }, rules: deps }
}

async function recordFailure(work: Try, failure: Failure, deps: ExecutorDeps): Promise<StepEnd> {
  const waits = failure.kind === 'rate_limited' || failure.kind === 'system'
  return recordEnd(work, { kind: 'failed', failure }, { outcome: waits ? 'waiting' : 'failed', failure }, deps)
}

async function recordEnd(
  work: Try,
  end: { kind: 'returned' } | { kind: 'failed'; failure: Failure },
  told: StepEnd,
  deps: ExecutorDeps,
): Promise<StepEnd> {
  const { workflow, job, step, fence, startedAt } = work
  const common = { step, fence, startedAt: isoOf(startedAt), worker: deps.workerId }
  const happening = end.kind === 'failed' ? { ...end, ...common } : { ...end, ...common }
  const recorded = await recordWithHeld(work, { workflow, job, happening, rules: deps }, deps.record)
  if (recorded.kind === 'unstorable') return recordBare(work, end, told, deps)
  return recorded.kind === 'recorded' ? told : { outcome: 'stale' }
}

/** A failure whose evidence the database cannot hold is told by its code alone, rather than never. */
async function recordBare(
  work: Try,
  end: { kind: 'returned' } | { kind: 'failed'; failure: Failure },
  told: StepEnd,
  deps: ExecutorDeps,
): Promise<StepEnd> {
  const bare = end.kind === 'failed' && (end.failure.details ?? end.failure.stack) !== undefined
  if (!bare) return { outcome: 'stale' }
  const { kind, code, message } = end.failure
  return recordEnd(work, { kind: 'failed', failure: { kind, code, message } }, told, deps)
}
