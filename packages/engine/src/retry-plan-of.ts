import type { EffectiveRetryPlan, Failure, RetryPlan, Workflow } from '@stageline/domain'
import { effectiveRetryPlan, retryDelayMs } from '@stageline/domain'
import type { Rules } from './advance-job.ts'

/** The plan that counts for a step: job, step, stage, workflow, environment, default; the first that says something. */
export function retryPlanOf(
  { definition, steps }: Workflow,
  step: string,
  ofJob: RetryPlan | null | undefined,
  { retry }: Rules,
): EffectiveRetryPlan {
  const ofStep = steps.get(step)!.definition.retry
  return effectiveRetryPlan(ofJob ?? undefined, ofStep, retry?.stage, definition.retry, retry?.environment)
}

/**
 * How long a step waits after a failure that costs no attempt, ms: what the other side asked for, within what the plan
 * allows, since a wild `Retry-After` must not park it for ever; else the plan's first delay.
 */
export function waitAfterMs(failure: Failure, plan: EffectiveRetryPlan, seed: string): number {
  const { retryAfterMs: asked, kind } = failure
  if (asked === undefined || Number.isNaN(asked)) return retryDelayMs(plan, kind, 1, seed)
  return Math.min(Math.max(asked, 0), plan.maxDelayMs)
}
