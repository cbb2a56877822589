import type { Job } from '@stageline/domain'
import type { Query } from '../database.ts'
import { JOB_COLUMNS, jobFrom, type JobColumns } from '../job-row.ts'

/**
 * Whoever takes a row has 5 s and some jitter to record what came of it; then it is due again. No new revision: the
 * change that follows compares with what was read here.
 */
const TAKE = {
  name: 'take-due',
  steady: true,
  text: `WITH due AS MATERIALIZED (
      SELECT d.tenant_id, d.id FROM jobs d WHERE d.due_at <= (SELECT stageline_now()) ORDER BY d.due_at LIMIT $1 FOR UPDATE SKIP LOCKED
    ) UPDATE jobs j SET due_at = (SELECT stageline_now()) + interval '5 s' * (1 + random() * 0.2)
    FROM due WHERE j.tenant_id = due.tenant_id AND j.id = due.id
    RETURNING ${JOB_COLUMNS}, (SELECT stageline_clock()) AS clock`,
}

export async function takeDue(query: Query, limit: number): Promise<{ jobs: Job[]; clock: string | undefined }> {
  const rows = await query<JobColumns & { clock: string }>(TAKE, [limit])
  return { jobs: rows.map(jobFrom), clock: rows[0]?.clock }
}
