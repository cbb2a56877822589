import type { Failure } from '@stageline/domain'
import { attemptStep } from './attempt-step.ts'
import { lookAhead, recordHeld } from './in-one-go.ts'
import type { LoadedJob, StepEnd, StepRef } from './ports/index.ts'
import { readsOf } from './reads.ts'
import { outcomeOf, recordAttempt, recordOutput } from './record-attempt.ts'
import { retryPlanOf, waitAfterMs } from './retry-plan-of.ts'
import { newTry, type ExecutorDeps, type Try } from './step-try.ts'

export type { ExecutorDeps } from './step-try.ts'

/**
 * One step of one delivery, from the row to the record: load, check that it is still wanted, parse, claim where needed,
 * run the handler within its time, record, and send what follows.
 */
export async function executeStep(ref: StepRef, redelivered: boolean, deps: ExecutorDeps): Promise<StepEnd> {
  const loaded = deps.recent?.recall(ref) ?? (await deps.load(ref))
  if (!loaded || !isWanted(loaded, ref)) return { outcome: 'stale' }
  const workflow = await deps.workflows.version(ref.tenantId, loaded.job.workflow, loaded.job.version)
  const isQuick = deps.here?.quick(deps.stage.name) && !isSuspicious(loaded, ref, redelivered)
  const turn = isQuick ? await deps.here!.turns.next() : undefined
  try {
    const work = newTry(ref, loaded, workflow, deps)
    work.turn = turn
    if (deps.here ?? deps.recent) work.reads = readsOf(loaded)
    return await workOn(work, redelivered, deps)
  } finally {
    turn?.leave()
  }
}

const isSuspicious = ({ job }: Pick<LoadedJob, 'job'>, { step }: StepRef, redelivered: boolean): boolean =>
  redelivered || job.steps[step]!.crashes !== undefined

/** Resolves when the step has ended, and whatever was worked on from it in the same go. */
async function workOn(work: Try, redelivered: boolean, deps: ExecutorDeps): Promise<StepEnd> {
  try {
    return await deps.observer.step(describe(work, deps), async () => {
      const claimed = await claimFirst(work, redelivered, deps)
      if (!claimed) return { outcome: 'lost' }
      const ended = await attemptStep(work, deps)
      if (!('output' in ended)) work.turn?.end()
      if ('failure' in ended) tellGate(work, ended.failure, deps)
      return 'output' in ended ? goOn(work, ended.output, deps) : recordAttempt(work, ended, deps)
    })
  } finally {
    work.turn?.end()
    await recordHeld(work, deps.record)
    await work.followed
  }
}

/** Begins with the next step, where it can be worked here at once; what became of this one is recorded with it. */
function goOn(work: Try, output: unknown, deps: ExecutorDeps): Promise<StepEnd> {
  const { outcome, next } = lookAhead(work, outcomeOf(work, output, deps), deps)
  if (!next) {
    work.turn?.end()
    return recordOutput(work, outcome, deps)
  }
  work.followed = workOn(next.work, false, next.deps)
  // Whoever waits for this step hears of it when that has ended.
  work.followed.catch(() => undefined)
  return recordOutput(work, outcome, deps, next.held.recorded)
}

const isWanted = ({ job }: LoadedJob, { step, fence }: StepRef): boolean =>
  job.steps[step]?.state === 'queued' && job.steps[step].fence === fence

/** Before the record: until the gate has heard, the next message may make the same call. */
function tellGate({ job, step, workflow }: Try, failure: Failure, deps: ExecutorDeps): void {
  const plan = retryPlanOf(workflow, step, job.retry, deps)
  deps.gate?.heard(failure, waitAfterMs(failure, plan, `${job.id}/${step}/${job.steps[step]!.attempt}`))
}

function describe({ job, step, workflow, startedAt }: Try, { stage }: ExecutorDeps) {
  const { attempt, entered } = job.steps[step]!
  const queuedAt = entered?.findLast(([state]) => state === 'queued')?.[1]
  const waitedMs = queuedAt === undefined ? null : startedAt.getTime() - Date.parse(queuedAt)
  const { tenantId, id: jobId, batchId, trace } = job
  return { tenantId, jobId, workflow: workflow.key, step, stage: stage.name, attempt, batchId, trace, waitedMs }
}

/** What calls out, or may have taken a worker down, is claimed before anything runs. */
async function claimFirst(work: Try, redelivered: boolean, { stage, claims }: ExecutorDeps): Promise<boolean> {
  return stage.callsOut || isSuspicious(work, work.ref, redelivered) ? claims.take(work, redelivered) : true
}
