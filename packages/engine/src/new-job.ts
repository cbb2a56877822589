import type { Decision, Job, RetryPlan, Step, Workflow } from '@stageline/domain'
import { newId, pickValues } from '@stageline/domain'
import type { Advance } from './happening.ts'
import { JobDraft } from './job-draft.ts'
import { later } from './later.ts'
import { INTAKE, settle, TAKEN_OVER } from './settle.ts'
import { suspend } from './suspend.ts'

export type JobSeed = {
  tenantId: string
  input: unknown
  priority: number
  actor: string
  origin: string
  batchId: string | null
  trace: string | null
  /** Kept with the first entry of its history. */
  correlationId?: string | null
  /** Its own retry plan. */
  retry?: RetryPlan | null | undefined
  /** From now to its end; wins over the limit of the workflow. */
  timeoutMs?: number | null | undefined
  /** How the intake policy routed it; absent where the workflow has none. */
  decision?: Decision
  /** Outputs of an earlier job that this one takes over, by step. */
  takenOver?: ReadonlyMap<string, unknown>
}

/**
 * The first commit of a job: accepted, routed, and its first steps queued; or at rest with one intake task when the
 * decision says that a person does it.
 */
export function newJob(workflow: Workflow, seed: JobSeed, now: Date): Advance {
  const { actor, origin, correlationId = null } = seed
  const draft = new JobDraft(workflow, emptyJob(workflow, seed, now), now)
  draft.addValues(pickValues(workflow.references, ['input'], seed.input).values)
  draft.noteJob('accepted', { actor, reason: origin, data: correlationId === null ? null : { correlationId } })
  if (seed.decision) draft.decide(null, seed.decision)
  takeOver(draft, seed)
  if (seed.decision?.route === 'person') restForPerson(draft, seed.decision)
  settle(draft)
  const { job, ...rest } = draft.finish()
  return { ...rest, job: { ...job, revision: 1 } }
}

function emptyJob(workflow: Workflow, seed: JobSeed, now: Date): Job {
  const timeoutMs = seed.timeoutMs ?? workflow.definition.timeoutMs
  const pending: Step = { state: 'pending', attempt: 0, fence: 0, deliveries: 0 }
  return {
    tenantId: seed.tenantId,
    id: newId(now.getTime()),
    workflow: workflow.key,
    version: workflow.version,
    state: 'created',
    stage: null,
    revision: 0,
    seq: 0,
    steps: Object.fromEntries([...workflow.steps.keys()].map((key) => [key, pending])),
    values: {},
    deadline: timeoutMs === undefined ? null : later(now, timeoutMs),
    dueAt: null,
    priority: seed.priority,
    batchId: seed.batchId,
    trace: seed.trace,
    retry: seed.retry ?? null,
    warnings: [],
    result: null,
  }
}

/** Steps that an earlier job has done do not run again: skipped here, with that job's output. */
function takeOver(draft: JobDraft, { takenOver, actor }: JobSeed): void {
  for (const [key, output] of takenOver ?? []) {
    draft.go(key, ['skipped'], { reason: TAKEN_OVER })
    draft.patch(key, { output: draft.note(key, { actor, reason: TAKEN_OVER, data: output }) })
    draft.addValues(pickValues(draft.workflow.references, ['steps', key], output).values)
  }
}

function restForPerson(draft: JobDraft, decision: Decision): void {
  const first = draft.stepKeys.find((key) => draft.compiled(key).definition.dependsOn.length === 0)!
  suspend(draft, first, [], {
    cause: INTAKE,
    type: 'intake',
    actor: `policy:${decision.policy}`,
    reason: decision.reason,
    evidence: { decision },
  })
}
