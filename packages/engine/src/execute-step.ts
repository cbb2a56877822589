import type { Failure, RetryPlan, Schema } from '@stageline/domain'
import { DataError, problemsOf, StagelineError, toFailure } from '@stageline/domain'
import type { HeldStep } from './claims.ts'
import type { Claims } from './claims.ts'
import type {
  Catalog,
  FirstSeen,
  JobStore,
  LoadedJob,
  Observer,
  StageBlobs,
  StepEnd,
  StepRef,
  WorkflowCatalog,
} from './ports/index.ts'
import type { Change, Recorded } from './recorder.ts'
import type { StageContext, StageDefinition, StageLogger } from './stage.ts'

export type ExecutorDeps = {
  stage: StageDefinition
  store: Pick<JobStore, 'now'>
  load: (ref: StepRef) => Promise<LoadedJob | undefined>
  workflows: Pick<WorkflowCatalog, 'version'>
  record: (change: Change) => Promise<Recorded>
  claims: Claims
  observer: Observer
  /** Aborts when the process must let go of what it holds: unfinished steps are given back. */
  shutdown: AbortSignal
  workerId: string
  retry: { stage?: RetryPlan | undefined; environment?: RetryPlan | undefined }
  /** What a handler gets from outside, for one step. */
  tools: (step: { tenantId: string; jobId: string }) => {
    blobs: StageBlobs
    catalog: Catalog
    firstSeen: FirstSeen
    logger: StageLogger
  }
}

/** After this long people shall see that the step is being worked. */
const CLAIM_AFTER_MS = 250
const DEFAULT_TIMEOUT_MS = 30_000

type Try = HeldStep & { loaded: LoadedJob; ref: StepRef; startedAt: Date; abort: AbortController }

/**
 * One step of one delivery, from the row to the record: load, check that it is still wanted, parse, claim where needed,
 * run the handler within its time, record, and send what follows.
 */
export async function executeStep(ref: StepRef, redelivered: boolean, deps: ExecutorDeps): Promise<StepEnd> {
  const loaded = await deps.load(ref)
  if (!loaded || !isWanted(loaded, ref)) return { outcome: 'stale' }
  const work = await prepare(ref, loaded, deps)
  return deps.observer.step(describe(work, deps), async () => {
    const claimed = await claimFirst(work, redelivered, deps)
    if (!claimed) return { outcome: 'lost' }
    return finish(work, await attempt(work, deps), deps)
  })
}

const isWanted = ({ job }: LoadedJob, { step, fence }: StepRef): boolean =>
  job.steps[step]?.state === 'queued' && job.steps[step].fence === fence

async function prepare(ref: StepRef, loaded: LoadedJob, { workflows, store }: ExecutorDeps): Promise<Try> {
  const { job } = loaded
  const workflow = await workflows.version(ref.tenantId, job.workflow, job.version)
  const abort = new AbortController()
  const lose = () =>
    abort.abort(
      new StagelineError('transient', 'step.claim_lost', 'Another worker has this step, or nobody wants it any more'),
    )
  return { ref, loaded, workflow, job, step: ref.step, fence: ref.fence, lose, abort, startedAt: store.now() }
}

function describe({ job, step, workflow }: Try, { stage }: ExecutorDeps) {
  const { attempt, entered } = job.steps[step]!
  const queuedAt = entered?.findLast(([state]) => state === 'queued')?.[1] ?? null
  const { tenantId, id: jobId, batchId, trace } = job
  return { tenantId, jobId, workflow: workflow.key, step, stage: stage.name, attempt, batchId, trace, queuedAt }
}

/** What calls out, or was delivered before, is claimed before anything runs. */
async function claimFirst(work: Try, redelivered: boolean, { stage, claims }: ExecutorDeps): Promise<boolean> {
  return stage.callsOut || redelivered ? claims.take(work, redelivered) : true
}

type Attempt = { output: unknown } | { failure: Failure } | { givenBack: true } | { lost: true }

async function attempt(work: Try, deps: ExecutorDeps): Promise<Attempt> {
  const { stage, shutdown, claims } = deps
  const timeoutMs = work.workflow.steps.get(work.step)!.definition.timeoutMs ?? stage.timeoutMs ?? DEFAULT_TIMEOUT_MS
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), timeoutMs)
  let claiming: Promise<unknown> = Promise.resolve()
  const late = setTimeout(() => {
    if (work.fence !== work.ref.fence) return
    claiming = claims.take(work, false).then(
      (ours) => ours || work.lose(),
      () => work.lose(),
    )
  }, CLAIM_AFTER_MS)
  try {
    const signal = AbortSignal.any([shutdown, timeout.signal, work.abort.signal])
    return { output: await untilAborted(handle(work, signal, deps), signal) }
  } catch (error) {
    if (work.abort.signal.aborted) return { lost: true }
    if (shutdown.aborted) return { givenBack: true }
    if (timeout.signal.aborted) return { failure: timedOut(timeoutMs) }
    return { failure: toFailure(error) }
  } finally {
    clearTimeout(timer)
    clearTimeout(late)
    await claiming
    claims.drop(work)
  }
}

const timedOut = (timeoutMs: number): Failure => ({
  kind: 'transient',
  code: 'stage.timeout',
  message: `The step took longer than ${timeoutMs} ms`,
})

/** A handler that ignores its signal keeps running; nobody waits for it and its result goes nowhere. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    if (signal.aborted) reject(signal.reason as Error)
    work.then(resolve, reject)
  })
}

async function handle(work: Try, signal: AbortSignal, deps: ExecutorDeps): Promise<unknown> {
  const { stage } = deps
  const input = parse(
    stage.input,
    stepInput(work),
    'stage.invalid_input',
    `The input does not fit stage "${stage.name}"`,
  )
  const output = await stage.handle(input, contextOf(work, signal, deps))
  return parse(
    stage.output,
    output,
    'stage.invalid_output',
    `Stage "${stage.name}" gave an output that does not fit its own schema`,
  )
}

/** The job's input, over it the outputs of all steps before this one; or what a person put in its place. */
function stepInput({ loaded, workflow, step }: Try): Record<string, unknown> {
  if (loaded.editedInput) return loaded.editedInput
  return inputOfStep(loaded, workflow.steps.get(step)!.ancestors)
}

/**
 * What a step reads: the job's input merged with the outputs of the steps before it, in the order of the definition;
 * later ones win.
 */
export function inputOfStep(
  { input, outputs }: Pick<LoadedJob, 'input' | 'outputs'>,
  ancestors: readonly string[],
): Record<string, unknown> {
  return Object.assign({}, ...[input, ...ancestors.map((key) => outputs[key])].filter(isPlainObject))
}

const isPlainObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

function parse<T>(schema: Schema<T>, value: unknown, code: string, message: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const problems = problemsOf(parsed.error)
  const summary = problems.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; ')
  throw new DataError(code, `${message}: ${summary}`, { details: { problems } })
}

function contextOf({ job, step, workflow, startedAt }: Try, signal: AbortSignal, deps: ExecutorDeps): StageContext {
  const { tenantId, id: jobId } = job
  return {
    tenantId,
    jobId,
    stepKey: step,
    workflow: workflow.key,
    attempt: job.steps[step]!.attempt,
    now: startedAt,
    signal,
    config: workflow.steps.get(step)!.definition.config,
    idempotencyKey: `${jobId}/${step}`,
    ...deps.tools({ tenantId, jobId }),
  }
}

async function finish(work: Try, ended: Attempt, deps: ExecutorDeps): Promise<StepEnd> {
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
  return recorded.kind === 'recorded' ? { outcome: 'completed' } : { outcome: 'stale' }
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
