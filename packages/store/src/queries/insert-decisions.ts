import type { Decision } from '@stageline/domain'
import type { Query } from '../database.ts'
import { parameters } from './write-columns.ts'

export type DecisionMade = { tenantId: string; jobId: string; step: string | null; decision: Decision }

const INSERT = {
  name: 'insert-decisions',
  text: `INSERT INTO decisions (tenant_id, job_id, step, policy, version, route, rule, decision)
    SELECT * FROM unnest(${parameters(1, 'uuid uuid text text integer text text jsonb'.split(' '))})`,
}

export async function insertDecisions(query: Query, made: readonly DecisionMade[]): Promise<void> {
  if (made.length === 0) return
  await query(INSERT, [
    made.map(({ tenantId }) => tenantId),
    made.map(({ jobId }) => jobId),
    made.map(({ step }) => step),
    made.map(({ decision }) => decision.policy),
    made.map(({ decision }) => decision.version),
    made.map(({ decision }) => decision.route),
    made.map(({ decision }) => decision.rule),
    made.map(({ decision }) => JSON.stringify(decision)),
  ])
}
