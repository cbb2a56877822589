import type { Job } from '@stageline/domain'
import type { Query } from '../database.ts'
import { JOB_COLUMNS, jobFrom, type JobColumns } from '../job-row.ts'

/**
 * A full piece means a deep backlog: its next looks lie four times as far away (still at most 5 minutes), since seven looks
 * at each of a million rows would cost more than the work itself.
 *
 * 3 s after the first look, then 6, 12 … up to 5 minutes, with up to 20 % of jitter; no new revision: whoever takes a row
 * and dies before it has sent it holds its message up for less than 5 s. In the order of the
 * index: after a loss that is the order of urgency, see `recheck-all.ts`.
 */
const TAKE = {
  name: 'take-unchecked',
  text: `WITH due AS MATERIALIZED (
      SELECT d.tenant_id, d.id FROM jobs d WHERE d.check_at <= (SELECT stageline_now()) ORDER BY d.check_at LIMIT $1 FOR UPDATE SKIP LOCKED
    ) UPDATE jobs j SET looks = least(j.looks + 1, 1000),
      check_at = (SELECT stageline_now()) + least(
        interval '1.5 s' * power(2, least(j.looks + 1, 10)) * (SELECT CASE WHEN count(*) >= $1 THEN 4 ELSE 1 END FROM due),
        interval '5 min') * (1 + random() * 0.2)
    FROM due WHERE j.tenant_id = due.tenant_id AND j.id = due.id
    RETURNING ${JOB_COLUMNS}, j.looks, (SELECT stageline_clock()) AS clock`,
}

/** In the order in which they should be sent again: the most urgent first, and of those the oldest. */
export async function takeUnchecked(
  query: Query,
  limit: number,
): Promise<{ taken: { job: Job; looks: number }[]; clock: string | undefined }> {
  const rows = await query<JobColumns & { looks: number; clock: string }>(TAKE, [limit])
  const taken = rows.map((row) => ({ job: jobFrom(row), looks: row.looks }))
  return { taken: taken.toSorted((a, b) => byUrgency(a.job, b.job)), clock: rows[0]?.clock }
}

const byUrgency = (a: Job, b: Job): number => b.priority - a.priority || (a.id < b.id ? -1 : 1)

/** Looks that could not be taken are due again: soon, but not before all others. A row that has changed is left alone. */
const GIVE_BACK = {
  name: 'give-back-unchecked',
  text: `UPDATE jobs j SET looks = greatest(j.looks - 1, 0), check_at = (SELECT stageline_now()) + interval '5 s'
    FROM unnest($1::uuid[], $2::uuid[], $3::integer[]) AS t(tenant_id, id, revision)
    WHERE j.tenant_id = t.tenant_id AND j.id = t.id AND j.revision = t.revision AND j.check_at IS NOT NULL`,
}

export async function giveBackUnchecked(query: Query, jobs: readonly Job[]): Promise<void> {
  const [tenants, ids] = [jobs.map(({ tenantId }) => tenantId), jobs.map(({ id }) => id)]
  await query(GIVE_BACK, [tenants, ids, jobs.map(({ revision }) => revision)])
}
