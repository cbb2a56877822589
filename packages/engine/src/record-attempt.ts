import type { Failure } from '@stageline/domain'
import type { Attempt } from './attempt-step.ts'
import type { StepEnd } from './ports/index.ts'
import type { ExecutorDeps, Try } from './step-try.ts'

/** Records how a try ended, and says whether that still counted. */
export async function recordAttempt(work: Try, ended: Attempt, deps: ExecutorDeps): Promise<StepEnd> {
  if ('lost' in ended) return { outcome: 'lost' }
  if ('givenBack' in ended) return recordEnd(work, { kind: 'returned' }, { outcome: 'returned' }, deps)
  if ('failure' in ended) return recordFailure(work, ended.failure, deps)
  const { workerId: worker } = deps
  const startedAt = work.startedAt.toISOString()
  const { workflow, job, step, fence } = work
  const recorded = await deps.record({
    workflow,
    job,
    happening: { kind: 'succeeded', step, fence, startedAt, output: ended.output, worker },
    rules: deps,
  })
  if (recorded.kind === 'unstorable') {
    const message = `The database cannot store this output: ${recorded.message}`
    return recordFailure(work, { kind: 'data', code: 'stage.unstorable_output', message }, deps)
  }
  if (recorded.kind !== 'recorded') return { outcome: 'stale' }
  deps.recent?.remember(workflow, recorded.job, work.loaded, { step, output: ended.output })
  return { outcome: 'completed' }
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
  const common = { step, fence, startedAt: startedAt.toISOString(), worker: deps.workerId }
  const happening = end.kind === 'failed' ? { ...end, ...common } : { ...end, ...common }
  const recorded = await deps.record({ workflow, job, happening, rules: deps })
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
