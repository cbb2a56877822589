import type { Job } from '@stageline/domain'
import type { Query } from '../database.ts'
import { JOB_COLUMNS, jobFrom, type JobColumns } from '../job-row.ts'

/** 4 s after the first look, then 8, 16 … up to 5 minutes, with up to 20 % of jitter; no new revision. */
const TAKE = {
  name: 'take-unchecked',
  text: `WITH due AS MATERIALIZED (
      SELECT d.tenant_id, d.id FROM jobs d WHERE d.check_at <= (SELECT stageline_now()) ORDER BY d.check_at LIMIT $1 FOR UPDATE SKIP LOCKED
    ) UPDATE jobs j SET looks = least(j.looks + 1, 1000),
      check_at = (SELECT stageline_now()) + least(interval '2 s' * power(2, least(j.looks + 1, 10)), interval '5 min') * (1 + random() * 0.2)
    FROM due WHERE j.tenant_id = due.tenant_id AND j.id = due.id
    RETURNING ${JOB_COLUMNS}, j.looks, (SELECT stageline_clock()) AS clock`,
}

export async function takeUnchecked(
  query: Query,
  limit: number,
): Promise<{ taken: { job: Job; looks: number }[]; clock: string | undefined }> {
  const rows = await query<JobColumns & { looks: number; clock: string }>(TAKE, [limit])
  return { taken: rows.map((row) => ({ job: jobFrom(row), looks: row.looks })), clock: rows[0]?.clock }
}
