import type { Failure, StagelineError } from '@stageline/domain'
import { attemptStep } from './attempt-step.ts'
import type { LoadedJob, StepEnd, StepRef } from './ports/index.ts'
import { recordAttempt } from './record-attempt.ts'
import { retryPlanOf, waitAfterMs } from './retry-plan-of.ts'
import type { ExecutorDeps, Try } from './step-try.ts'

export type { ExecutorDeps } from './step-try.ts'

/**
 * One step of one delivery, from the row to the record: load, check that it is still wanted, parse, claim where needed,
 * run the handler within its time, record, and send what follows.
 */
export async function executeStep(ref: StepRef, redelivered: boolean, deps: ExecutorDeps): Promise<StepEnd> {
  const loaded = deps.recent?.recall(ref) ?? (await deps.load(ref))
  if (!loaded || !isWanted(loaded, ref)) return { outcome: 'stale' }
  const work = await prepare(ref, loaded, deps)
  return deps.observer.step(describe(work, deps), async () => {
    const claimed = await claimFirst(work, redelivered, deps)
    if (!claimed) return { outcome: 'lost' }
    const ended = await attemptStep(work, deps)
    if ('failure' in ended) tellGate(work, ended.failure, deps)
    return recordAttempt(work, ended, deps)
  })
}

const isWanted = ({ job }: LoadedJob, { step, fence }: StepRef): boolean =>
  job.steps[step]?.state === 'queued' && job.steps[step].fence === fence

async function prepare(ref: StepRef, loaded: LoadedJob, { workflows, store, stage }: ExecutorDeps): Promise<Try> {
  const { job } = loaded
  const workflow = await workflows.version(ref.tenantId, job.workflow, job.version)
  const { step, fence } = ref
  const lose = (why: StagelineError): void => {
    work.lost ??= why
    work.onLost?.(why)
  }
  const about = { ref, loaded, workflow, job, step, fence, callsOut: stage.callsOut ?? false }
  const work: Try = { ...about, lose, lost: undefined, onLost: undefined, startedAt: store.now() }
  return work
}

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
  const suspicious = redelivered || work.job.steps[work.step]!.crashes !== undefined
  return stage.callsOut || suspicious ? claims.take(work, redelivered) : true
}
