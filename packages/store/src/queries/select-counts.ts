import type { JobState } from '@stageline/domain'
import type { Counts } from '@stageline/engine/ports'
import type { Database } from '../database.ts'

type Row = { kind: 'job' | 'step'; subject: string; state: string; count: number }

const SELECT = {
  name: 'select-counts',
  text: `SELECT kind, subject, state, sum(delta)::bigint AS count FROM counters
    WHERE tenant_id = $1 AND kind IN ('job', 'step') AND state <> 'archived' GROUP BY kind, subject, state HAVING sum(delta) <> 0`,
}

export async function selectCounts(db: Database, tenantId: string): Promise<Counts> {
  const jobs: Partial<Record<JobState, number>> = {}
  const steps: Record<string, Record<string, number>> = {}
  for (const { kind, subject, state, count } of await db.query<Row>(tenantId, SELECT, [tenantId])) {
    if (kind === 'job') jobs[state as JobState] = count
    else (steps[subject] ??= {})[state] = count
  }
  return { jobs, steps }
}
