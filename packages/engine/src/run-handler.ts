import type { Schema } from '@stageline/domain'
import { DataError, problemsOf } from '@stageline/domain'
import { inputOfStep } from './input-of-step.ts'
import type { StageContext } from './stage.ts'
import type { ExecutorDeps, Try } from './step-try.ts'

type Heartbeat = StageContext['heartbeat']

/** The handler itself, between the schemas of its stage. */
export async function runHandler(
  work: Try,
  signal: AbortSignal,
  heartbeat: Heartbeat,
  deps: ExecutorDeps,
): Promise<unknown> {
  const { stage } = deps
  const input = parse(
    stage.input,
    stepInput(work),
    'stage.invalid_input',
    `The input does not fit stage "${stage.name}"`,
  )
  // The claim may have been lost, or the process asked to stop, before anything was begun.
  signal.throwIfAborted()
  const output = await stage.handle(input, contextOf(work, signal, heartbeat, deps))
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

function contextOf(
  { job, step, workflow, startedAt }: Try,
  signal: AbortSignal,
  heartbeat: Heartbeat,
  deps: ExecutorDeps,
): StageContext {
  const { tenantId, id: jobId } = job
  return {
    tenantId,
    jobId,
    stepKey: step,
    workflow: workflow.key,
    attempt: job.steps[step]!.attempt,
    now: startedAt,
    signal,
    heartbeat,
    checkpoint: job.steps[step]!.checkpoint,
    config: workflow.steps.get(step)!.definition.config,
    idempotencyKey: `${jobId}/${step}`,
    ...deps.tools({ tenantId, jobId, workflow: workflow.key }),
  }
}
