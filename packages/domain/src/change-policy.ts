import { z } from 'zod'
import { Policy } from './policy.ts'
import { problemsOf, type Problem } from './problem.ts'

/** What is to be different in a policy: everything that is not named stays as it is. */
export const PolicyChange = z.strictObject({
  thresholds: z.record(z.string().min(1).max(64), z.number()).default({}),
})
export type PolicyChange = z.infer<typeof PolicyChange>

/** The next version of a policy, or why its rule cannot work with such thresholds. */
export function changePolicy(
  policy: Policy,
  { thresholds }: PolicyChange,
): { policy: Policy } | { problems: Problem[] } {
  const changed = { ...policy, version: policy.version + 1, thresholds: { ...policy.thresholds, ...thresholds } }
  const parsed = Policy.safeParse(changed)
  return parsed.success ? { policy: parsed.data } : { problems: problemsOf(parsed.error) }
}
