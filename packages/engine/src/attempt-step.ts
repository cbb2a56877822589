import type { Failure, Schema } from '@stageline/domain'
import { DataError, problemsOf, toFailure } from '@stageline/domain'
import { inputOfStep } from './input-of-step.ts'
import type { StageContext } from './stage.ts'
import type { ExecutorDeps, Try } from './step-try.ts'

/** After this long people shall see that the step is being worked. */
const CLAIM_AFTER_MS = 250
const DEFAULT_TIMEOUT_MS = 30_000

/** How a try ended, before it is recorded. */
export type Attempt = { output: unknown } | { failure: Failure } | { givenBack: true } | { lost: true }

/**
 * Runs the handler of a step within its time. A step that takes long is claimed meanwhile; who loses it, or must let go of
 * it, hears so by its signal.
 */
export async function attemptStep(work: Try, deps: ExecutorDeps): Promise<Attempt> {
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
