import { AutomationSettings } from '../../../packages/domain/src/automation-settings.ts'
import type { ErrorKind } from '../../../packages/domain/src/errors.ts'
import { loadSettings } from '../../../packages/domain/src/load-settings.ts'
import { effectiveRetryPlan, retryScheduleMs } from '../../../packages/domain/src/retry-plan.ts'
import { environmentPlan } from '../../../packages/runtime/src/environment-plan.ts'
import { StageConfig } from '../../../packages/runtime/src/load-config.ts'

export type Schedule = {
  /** `part` has tries of its own. */
  workflow: 'any' | 'part'
  kind: ErrorKind
  /** From each failed try to the next, seconds, before the 0 to 20 % that are drawn. */
  delaysS: number[]
}

const KINDS = ['unknown', 'transient'] as const
const Retries = StageConfig.pick({
  WORKFLOW_MAX_RETRIES: true,
  WORKFLOW_RETRY_BACKOFF: true,
  WORKFLOW_RETRY_BACKOFF_MULTIPLIER: true,
})

/**
 * When a failed step is tried again in this environment, where its job, step, stage or workflow says nothing else.
 * @throws ConfigError naming the settings that are not usable
 */
export function retrySchedules(env: NodeJS.ProcessEnv): Schedule[] {
  const environment = environmentPlan(loadSettings(Retries, env))
  const { AUTOMATION_RETRY_ATTEMPTS: maxAttempts } = loadSettings(AutomationSettings, env)
  const plans = { any: effectiveRetryPlan(environment), part: effectiveRetryPlan({ maxAttempts }, environment) }
  return (['any', 'part'] as const).flatMap((workflow) =>
    KINDS.map((kind) => ({
      workflow,
      kind,
      delaysS: retryScheduleMs(plans[workflow], kind).map((ms) => ms / 1_000),
    })),
  )
}
