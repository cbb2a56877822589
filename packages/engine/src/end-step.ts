import type { Failure, Policy, StepState } from '@stageline/domain'
import {
  evaluatePolicy,
  fieldFactorsOf,
  fieldLimitsOf,
  pickValues,
  QUALITY_SAMPLE,
  retryDelayMs,
  seededShare,
  StageFactors,
} from '@stageline/domain'
import type { Rules } from './advance-job.ts'
import type { Happening, NoAdvance } from './happening.ts'
import type { JobDraft } from './job-draft.ts'
import { later } from './later.ts'
import { retryPlanOf, waitAfterMs } from './retry-plan-of.ts'
import { suspend } from './suspend.ts'

type Ending = Extract<Happening, { kind: 'succeeded' | 'failed' | 'returned' }>

/** The end of one try, from a worker: output, failure, or the step given back. */
export function endStep(draft: JobDraft, ending: Ending, rules: Rules): NoAdvance | undefined {
  const at = draft.step(ending.step)
  if (at.fence !== ending.fence || (at.state !== 'queued' && at.state !== 'processing')) return { stale: true }
  if (ending.kind === 'returned') return giveBack(draft, ending)
  if (at.state === 'queued')
    draft.go(ending.step, ['processing'], { deliveries: at.deliveries + 1 }, [ending.startedAt])
  if (ending.kind === 'succeeded') succeed(draft, ending, rules)
  else fail(draft, ending, rules)
  return undefined
}

function giveBack(draft: JobDraft, { step, worker }: Extract<Ending, { kind: 'returned' }>): undefined {
  const { state, suspend: asked, deliveries } = draft.step(step)
  if (asked) {
    suspend(draft, step, [], { cause: 'suspended', ...asked })
    return undefined
  }
  if (state === 'queued') draft.go(step, ['processing'])
  // This delivery ended in order: only those that took their worker down stay counted.
  draft.go(step, ['queued'], { deliveries: state === 'processing' ? Math.max(0, deliveries - 1) : deliveries })
  draft.note(step, { actor: worker, reason: 'given_back' })
  return undefined
}

function succeed(
  draft: JobDraft,
  { step, output, worker }: Extract<Ending, { kind: 'succeeded' }>,
  rules: Rules,
): void {
  const { definition } = draft.compiled(step)
  const tooLarge = takeValues(draft, step, output)
  if (tooLarge) return fail(draft, failed(step, worker, { kind: 'data', ...tooLarge }), rules)
  if (definition.review === 'after') {
    return suspend(draft, step, [], { cause: 'review_after', actor: worker, reason: 'review_after', data: output })
  }
  const { policy } = draft.workflow
  if (policy && draft.workflow.definition.policy?.after === step) return judge(draft, step, worker, output, policy)
  complete(draft, step, worker, output)
}

/** Puts what conditions look at beside the steps; says what is too large for that. */
export function takeValues(
  draft: JobDraft,
  step: string,
  output: unknown,
): { code: string; message: string } | undefined {
  const { values, tooLarge } = pickValues(draft.workflow.references, ['steps', step], output)
  draft.addValues(values)
  return tooLarge.length > 0 ? valueTooLarge(tooLarge) : undefined
}

export const valueTooLarge = (names: readonly string[]): { code: string; message: string } => ({
  code: 'workflow.value_too_large',
  message: `Values that a condition looks at are too large (1 kB, 200 elements): ${names.join(', ')}`,
})

function complete(draft: JobDraft, step: string, worker: string, output: unknown): void {
  draft.go(step, ['completed'])
  draft.patch(step, { output: draft.note(step, { actor: worker, data: output }) })
}

/** The policy looks at the output: automation ends it here, a person gets the doubtful one. */
function judge(draft: JobDraft, step: string, worker: string, output: unknown, policy: Policy): void {
  const seen = StageFactors.safeParse(output)
  const fields = fieldFactorsOf(output)
  const { definition, errorTargets: { errorTarget, fieldTargets } = {} } = draft.workflow
  const fieldLimits = fieldLimitsOf(definition.policy?.fieldThresholds, fieldTargets)
  const isSample = seededShare(`${draft.jobId}/sample`) < (definition.policy?.sampleRate ?? 0)
  const decision = evaluatePolicy(policy, {
    priority: draft.priority,
    ...(seen.success ? seen.data : {}),
    ...(errorTarget ? { errorTarget } : {}),
    ...(fields ? { fields } : {}),
    ...(Object.keys(fieldLimits).length > 0 ? { fieldLimits } : {}),
    ...(isSample ? { isSample } : {}),
  })
  if (decision.route === 'automation') complete(draft, step, worker, output)
  else {
    suspend(draft, step, [], {
      cause: decision.rule === QUALITY_SAMPLE ? QUALITY_SAMPLE : 'policy',
      actor: worker,
      reason: decision.reason,
      data: output,
      evidence: { decision },
    })
  }
  draft.decide(step, decision)
}

const failed = (step: string, worker: string, failure: Failure) =>
  ({ kind: 'failed', step, fence: 0, startedAt: '', worker, failure }) as const

function fail(draft: JobDraft, { step, failure, worker }: Extract<Ending, { kind: 'failed' }>, rules: Rules): void {
  const plan = retryPlanOf(draft.workflow, step, draft.retry, rules)
  const { attempt, suspend: asked } = draft.step(step)
  const seed = `${draft.jobId}/${step}/${attempt}`
  if (asked) return suspend(draft, step, ['failed'], { cause: 'suspended', ...asked, failure })
  if (failure.kind === 'rate_limited' || failure.kind === 'system') {
    draft.go(step, ['waiting'], { until: later(draft.now, waitAfterMs(failure, plan, seed)), reason: failure.kind })
    draft.note(step, { actor: worker, reason: failure.kind, failure })
    return
  }
  if (failure.kind === 'data' || failure.kind === 'poison') {
    return giveUp(draft, step, worker, failure, failure.kind === 'data' ? 'invalid_data' : 'poison')
  }
  if (attempt >= plan.maxAttempts) return giveUp(draft, step, worker, failure, 'attempts_exhausted')
  if (isAutomationAtItsEnd(draft, step, rules)) return giveUp(draft, step, worker, failure, 'automation_failures')
  draft.go(step, ['failed', 'retrying'], { until: later(draft.now, retryDelayMs(plan, failure.kind, attempt, seed)) })
  draft.note(step, { actor: worker, reason: failure.code, failure })
}

/** Where a job may go either way at intake, automation gives it up after so many failures, whichever steps they were. */
function isAutomationAtItsEnd(draft: JobDraft, failing: string, { maxAutomationFailures }: Rules): boolean {
  const { policy } = draft.workflow.definition
  if (maxAutomationFailures === undefined || policy === undefined || policy.after !== undefined) return false
  const failures = draft.stepKeys.map((key) => {
    const { state, attempt } = draft.step(key)
    return key === failing || state === 'retrying' ? attempt : Math.max(0, attempt - 1)
  })
  return failures.reduce((sum, count) => sum + count, 0) >= maxAutomationFailures
}

/** Legal ways of a step that is under way to `failed`. */
const TO_FAILED: Partial<Record<StepState, readonly StepState[]>> = {
  queued: ['waiting', 'failed'],
  processing: ['failed'],
  waiting: ['failed'],
  retrying: ['queued', 'waiting', 'failed'],
}

/** Whether a step is queued, at work, or waiting for its time: then it can be given up. */
export const isUnderWay = (state: StepState): boolean => state in TO_FAILED

/** No more tries: a person gets the step, or it rests as failed, or is skipped, as the definition says. */
export function giveUp(draft: JobDraft, step: string, actor: string, failure: Failure, cause: string): void {
  const { definition } = draft.compiled(step)
  const failed = TO_FAILED[draft.step(step).state] ?? []
  if (definition.optional) {
    draft.warn(`Step "${step}" was skipped: ${failure.message.slice(0, 300)}`)
    return rest(draft, step, [...failed, 'skipped'], cause, actor, failure)
  }
  if (draft.workflow.definition.onFailure === 'fail') return rest(draft, step, failed, cause, actor, failure)
  suspend(draft, step, failed, { cause, actor, reason: failure.code, failure })
}

function rest(
  draft: JobDraft,
  step: string,
  path: readonly StepState[],
  reason: string,
  actor: string,
  failure: Failure,
): void {
  draft.go(step, path, { reason })
  draft.note(step, { actor, reason: failure.code, failure })
}
