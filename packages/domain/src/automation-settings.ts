import { z } from 'zod'
import { BUILT_IN_WORKFLOWS } from './built-in-workflows.ts'
import { BUILT_IN_POLICIES, type Policy } from './policy.ts'
import { DEFAULT_SLAS, type SlaSettings } from './sla.ts'
import { BUILT_IN_TRIGGERS, type TriggerDefinition } from './trigger.ts'
import { WorkflowDefinition } from './workflow.ts'

/**
 * What an installation chooses for the built-in workflow `part`, whose jobs are routed at intake between automation and
 * people. Migrating stores it with the definitions, as their next version: a decision names the version that made it, and
 * a job keeps the one that it began with.
 */
export const AutomationSettings = z.object({
  /** Policy `priority-threshold-v1`: from this priority on automation does it, 0 to 1. */
  AUTOMATION_PRIORITY_THRESHOLD: z.coerce.number().min(0).max(1).default(0.8),
  /** Policy `completeness-v2`: below this priority a person does what is half complete, 0 to 1. */
  MANUAL_PRIORITY_THRESHOLD: z.coerce.number().min(0).max(1).default(0.5),
  /** Tries in all of each step of `part`, unless its job, step or stage says otherwise. */
  AUTOMATION_RETRY_ATTEMPTS: z.coerce.number().int().min(1).max(100).default(3),
  /** `part`: what automation cannot do goes to a person. `false`: it rests as failed until it is retried or cancelled. */
  AUTOMATION_FAILURE_TO_MANUAL: z.stringbool().default(true),
  /** Jobs that `part` takes in on one day of its tenant, until its policy is changed. Without it: any number. */
  MAX_DAILY_TASKS: z.coerce.number().int().min(1).max(1_000_000_000).optional(),
})
export type AutomationSettings = z.infer<typeof AutomationSettings>

export type BuiltIns = {
  policies: readonly Policy[]
  workflows: readonly WorkflowDefinition[]
  slas: readonly SlaSettings[]
  triggers: readonly TriggerDefinition[]
}

/** What every installation has from the first start, with its own choices. */
export const builtInsWith = (settings: AutomationSettings): BuiltIns => ({
  policies: BUILT_IN_POLICIES.map((policy) => policyWith(policy, settings)),
  workflows: BUILT_IN_WORKFLOWS.map((input) => workflowWith(WorkflowDefinition.parse(input), settings)),
  slas: DEFAULT_SLAS,
  triggers: BUILT_IN_TRIGGERS,
})

function policyWith(policy: Policy, settings: AutomationSettings): Policy {
  const { MAX_DAILY_TASKS: maxDailyTasks } = settings
  const daily = maxDailyTasks === undefined ? {} : { maxDailyTasks }
  switch (policy.rule) {
    case 'priority':
      return { ...policy, ...daily, thresholds: { minPriority: settings.AUTOMATION_PRIORITY_THRESHOLD } }
    case 'completeness':
      return {
        ...policy,
        ...daily,
        thresholds: { ...policy.thresholds, minPriority: settings.MANUAL_PRIORITY_THRESHOLD },
      }
    default:
      return policy
  }
}

function workflowWith(definition: WorkflowDefinition, settings: AutomationSettings): WorkflowDefinition {
  if (definition.policy === undefined || definition.policy.after !== undefined) return definition
  return {
    ...definition,
    retry: { ...definition.retry, maxAttempts: settings.AUTOMATION_RETRY_ATTEMPTS },
    onFailure: settings.AUTOMATION_FAILURE_TO_MANUAL ? 'review' : 'fail',
  }
}
