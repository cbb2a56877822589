import { z } from 'zod'
import { Policy } from './policy.ts'
import { problemsOf, type Problem } from './problem.ts'

/** What is to be different in a policy: everything that is not named stays as it is. */
export const PolicyChange = z.strictObject({
  thresholds: z.record(z.string().min(1).max(64), z.number()).default({}),
  /** Jobs that a workflow with this policy takes in on one day; null: any number. */
  maxDailyTasks: z.number().int().positive().max(1_000_000_000).nullable().optional(),
})
export type PolicyChange = z.infer<typeof PolicyChange>

/** The next version of a policy, or why its rule cannot work with such thresholds. */
export function changePolicy(
  { maxDailyTasks: bound, ...policy }: Policy,
  { thresholds, maxDailyTasks = bound ?? null }: PolicyChange,
): { policy: Policy } | { problems: Problem[] } {
  const changed = {
    ...policy,
    version: policy.version + 1,
    thresholds: { ...policy.thresholds, ...thresholds },
    ...(maxDailyTasks === null ? {} : { maxDailyTasks }),
  }
  const parsed = Policy.safeParse(changed)
  return parsed.success ? { policy: parsed.data } : { problems: problemsOf(parsed.error) }
}
