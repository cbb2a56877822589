import type { Failure, Policy, StepState } from '@stageline/domain'
import { DecisionFactors, effectiveRetryPlan, evaluatePolicy, pickValues, retryDelayMs } from '@stageline/domain'
import type { Rules } from './advance-job.ts'
import { later } from './advance-job.ts'
import type { Happening, NoAdvance } from './happening.ts'
import type { JobDraft } from './job-draft.ts'
import { suspend } from './suspend.ts'

type Ending = Extract<Happening, { kind: 'succeeded' | 'failed' | 'returned' }>

/** The end of one try, from a worker: output, failure, or the step given back. */
export function endStep(draft: JobDraft, ending: Ending, rules: Rules): NoAdvance | undefined {
  const at = draft.step(ending.step)
  if (at.fence !== ending.fence || (at.state !== 'queued' && at.state !== 'processing')) return { stale: true }
  if (ending.kind === 'returned') return giveBack(draft, ending)
  if (at.state === 'queued') draft.go(ending.step, ['processing'], {}, [ending.startedAt])
  if (ending.kind === 'succeeded') succeed(draft, ending, rules)
  else fail(draft, ending, rules)
  return undefined
}

function giveBack(draft: JobDraft, { step, worker }: Extract<Ending, { kind: 'returned' }>): undefined {
  if (draft.step(step).state === 'queued') draft.go(step, ['processing'])
  draft.go(step, ['queued'])
  draft.note(step, { actor: worker, reason: 'given_back' })
}

function succeed(
  draft: JobDraft,
  { step, output, worker }: Extract<Ending, { kind: 'succeeded' }>,
  rules: Rules,
): void {
  const { definition } = draft.compiled(step)
  const { values, tooLarge } = pickValues(draft.workflow.references, ['steps', step], output)
  if (tooLarge.length > 0) {
    const message = `Values that a condition looks at are larger than 1 kB: ${tooLarge.join(', ')}`
    return fail(draft, failed(step, worker, { kind: 'data', code: 'workflow.value_too_large', message }), rules)
  }
  draft.addValues(values)
  if (definition.review === 'after') {
    return suspend(draft, step, [], { cause: 'review_after', actor: worker, reason: 'review_after', data: output })
  }
  const { policy } = draft.workflow
  if (policy && draft.workflow.definition.policy?.after === step) return judge(draft, step, worker, output, policy)
  complete(draft, step, worker, output)
}

function complete(draft: JobDraft, step: string, worker: string, output: unknown): void {
  draft.go(step, ['completed'])
  draft.patch(step, { output: draft.note(step, { actor: worker, data: output }) })
}

/** The policy looks at the output: automation ends it here, a person gets the doubtful one. */
function judge(draft: JobDraft, step: string, worker: string, output: unknown, policy: Policy): void {
  const seen = DecisionFactors.safeParse(output)
  const decision = evaluatePolicy(policy, { priority: draft.priority, ...(seen.success ? seen.data : {}) })
  if (decision.route === 'automation') complete(draft, step, worker, output)
  else {
    suspend(draft, step, [], {
      cause: 'policy',
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
  const { definition } = draft.compiled(step)
  const plan = effectiveRetryPlan(
    rules.retry?.job,
    definition.retry,
    rules.retry?.stage,
    draft.workflow.definition.retry,
    rules.retry?.environment,
  )
  const { attempt, suspend: asked } = draft.step(step)
  const seed = `${draft.jobId}/${step}/${attempt}`
  if (failure.kind === 'rate_limited' || failure.kind === 'system') {
    const wait = failure.retryAfterMs ?? retryDelayMs(plan, failure.kind, 1, seed)
    draft.go(step, ['waiting'], { until: later(draft.now, wait), reason: failure.kind })
    draft.note(step, { actor: worker, reason: failure.kind, failure })
    return
  }
  if (asked) return suspend(draft, step, ['failed'], { cause: 'suspended', ...asked, failure })
  if (failure.kind === 'data' || failure.kind === 'poison') {
    return giveUp(draft, step, worker, failure, failure.kind === 'data' ? 'invalid_data' : 'poison')
  }
  if (attempt >= plan.maxAttempts) return giveUp(draft, step, worker, failure, 'attempts_exhausted')
  draft.go(step, ['failed', 'retrying'], { until: later(draft.now, retryDelayMs(plan, failure.kind, attempt, seed)) })
  draft.note(step, { actor: worker, reason: failure.code, failure })
}

function giveUp(draft: JobDraft, step: string, actor: string, failure: Failure, cause: string): void {
  const { definition } = draft.compiled(step)
  if (definition.optional) {
    draft.warn(`Step "${step}" was skipped: ${failure.message.slice(0, 300)}`)
    return rest(draft, step, ['failed', 'skipped'], cause, actor, failure)
  }
  if (draft.workflow.definition.onFailure === 'fail') return rest(draft, step, ['failed'], cause, actor, failure)
  suspend(draft, step, ['failed'], { cause, actor, reason: failure.code, failure })
}

function rest(draft: JobDraft, step: string, path: StepState[], reason: string, actor: string, failure: Failure): void {
  draft.go(step, path, { reason })
  draft.note(step, { actor, reason: failure.code, failure })
}
