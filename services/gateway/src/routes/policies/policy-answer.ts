import { Decision } from '@stageline/domain'
import type { PolicyView } from '@stageline/engine/ports'
import { z } from 'zod'

export const PolicyName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/)
export const PolicyVersion = z.number().int().positive().max(2_147_483_647)

export const PolicyAnswer = z
  .object({
    name: z.string(),
    version: z.number().int(),
    versions: z.array(z.number().int()).meta({ description: 'All that can be read with `?version=`' }),
    rule: z.enum(['completeness', 'priority', 'confidence']),
    thresholds: z.record(z.string(), z.number()).meta({ description: 'What the rule compares its factors with' }),
    maxDailyTasks: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'Jobs that a workflow with it takes in a day; null: any number' }),
    createdAt: z.string(),
    createdBy: z.string(),
  })
  .meta({ id: 'Policy' })

export const DecisionAnswer = Decision.meta({ id: 'Decision' })

export function showPolicy({ policy, versions, createdAt, createdBy }: PolicyView): z.input<typeof PolicyAnswer> {
  const { name, version, rule, thresholds, maxDailyTasks = null } = policy
  return { name, version, versions, rule, thresholds: { ...thresholds }, maxDailyTasks, createdAt, createdBy }
}
