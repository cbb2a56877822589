import { isFinalStep, pickValues } from '@stageline/domain'
import type { Job, Workflow } from '@stageline/domain'
import { addressMessages } from './address-messages.ts'
import { valueTooLarge } from './end-step.ts'
import type { EngineDeps } from './engine-deps.ts'
import { beginToSend } from './send-messages.ts'
import { newJob } from './new-job.ts'
import { inputProblems, newJobRow } from './submit-jobs.ts'

export type ReplayRequest = {
  tenantId: string
  jobId: string
  /** The first step that runs again; absent: all that did not complete, or all steps of a completed job. */
  from?: string
  actor: string
  reason: string | null
  /** Replaces the input of the whole job. */
  input?: unknown
  businessKey?: string | null
  tags?: readonly string[]
}

export type Replayed =
  | { kind: 'replayed'; jobId: string }
  | { kind: 'refused'; code: string; message: string }
  | { kind: 'unknown' }

/**
 * A new job from an old one, linked by `replayOf`, on the newest version of the workflow. What came before `from` is
 * taken over with its outputs and does not run again; the old job stays as it is.
 */
export async function replayJob(request: ReplayRequest, deps: EngineDeps): Promise<Replayed> {
  const { tenantId, jobId, from, actor } = request
  const [loaded] = await deps.store.load([{ tenantId, jobId, step: '', fence: 0 }])
  if (!loaded) return { kind: 'unknown' }
  const workflow = await deps.workflows.latest(tenantId, loaded.job.workflow)
  if (!workflow) return { kind: 'unknown' }
  if (from !== undefined && !workflow.steps.has(from)) {
    const known = [...workflow.steps.keys()].join(', ')
    return {
      kind: 'refused',
      code: 'job.unknown_step',
      message: `The workflow has no step "${from}"; it has: ${known}`,
    }
  }
  const again = stepsToRun(workflow, loaded.job, from)
  const takenOver = new Map(
    Object.entries(loaded.outputs).filter(([key]) => workflow.steps.has(key) && !again.has(key)),
  )
  const input = request.input ?? loaded.input
  const problem = replayProblem(workflow, input, takenOver)
  if (problem) return { kind: 'refused', ...problem }
  const { priority, batchId, trace, retry } = loaded.job
  const seed = {
    tenantId,
    input,
    priority,
    actor,
    origin: 'replay',
    batchId,
    trace,
    retry,
    takenOver,
  }
  const advance = newJob(workflow, seed, deps.store.now())
  const { jobs, messages } = addressMessages([{ workflow, job: advance.job, send: advance.send }], deps.bundleOf)
  const row = newJobRow(
    { ...seed, workflow: workflow.key, businessKey: request.businessKey ?? null, tags: request.tags ?? [] },
    { ...advance, job: jobs[0]! },
    jobId,
  )
  await deps.store.accept(tenantId, [row], messages)
  await beginToSend(messages, deps)
  return { kind: 'replayed', jobId: advance.job.id }
}

/** The newest version may ask for more than the one that the old job began with. */
function replayProblem(
  workflow: Workflow,
  input: unknown,
  takenOver: ReadonlyMap<string, unknown>,
): { code: string; message: string } | undefined {
  const problems = inputProblems(workflow, input).map(({ pointer, detail }) => `${pointer}: ${detail}`)
  if (problems.length > 0) return { code: 'job.invalid_input', message: problems.join('; ') }
  const tooLarge = [...takenOver].flatMap(
    ([key, output]) => pickValues(workflow.references, ['steps', key], output).tooLarge,
  )
  return tooLarge.length > 0 ? valueTooLarge(tooLarge) : undefined
}

function stepsToRun(workflow: Workflow, job: Job, from: string | undefined): Set<string> {
  const keys = [...workflow.steps.keys()]
  if (from !== undefined)
    return new Set(keys.filter((key) => key === from || workflow.steps.get(key)!.ancestors.includes(from)))
  if (job.state === 'completed') return new Set(keys)
  return new Set(
    keys.filter((key) => !job.steps[key] || job.steps[key].state === 'cancelled' || !isFinalStep(job.steps[key].state)),
  )
}
