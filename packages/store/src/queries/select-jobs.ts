import type { Job } from '@stageline/domain'
import type { Query } from '../database.ts'
import { JOB_COLUMNS, jobFrom, type JobColumns } from '../job-row.ts'

const SELECT = {
  name: 'select-jobs',
  steady: true,
  text: `SELECT ${JOB_COLUMNS}, (SELECT stageline_clock()) AS clock
    FROM unnest($1::uuid[], $2::uuid[]) AS r(tenant_id, id) JOIN jobs j ON j.tenant_id = r.tenant_id AND j.id = r.id`,
}

/** The jobs that exist, by id. */
export async function selectJobs(
  query: Query,
  refs: readonly { tenantId: string; jobId: string }[],
): Promise<{ jobs: Map<string, Job>; clock: string | undefined }> {
  const rows = await query<JobColumns & { clock: string }>(SELECT, [
    refs.map(({ tenantId }) => tenantId),
    refs.map(({ jobId }) => jobId),
  ])
  return { jobs: new Map(rows.map((row) => [row.id, jobFrom(row)])), clock: rows[0]?.clock }
}
