import type { Query } from '../database.ts'
import { parameters } from './write-columns.ts'

/** A job counts once, however often a person gives it back to automation. */
const INSERT = {
  name: 'insert-automation-failures',
  text: `INSERT INTO automation_failures (tenant_id, job_id, workflow, business_key)
    SELECT j.tenant_id, j.id, j.workflow, j.business_key
    FROM jobs j JOIN unnest(${parameters(1, ['uuid', 'uuid'])}) AS f(tenant_id, job_id)
      ON j.tenant_id = f.tenant_id AND j.id = f.job_id
    ORDER BY j.tenant_id, j.id ON CONFLICT DO NOTHING`,
}

export async function insertAutomationFailures(
  query: Query,
  jobs: readonly { tenantId: string; jobId: string }[],
): Promise<void> {
  if (jobs.length === 0) return
  await query(INSERT, [jobs.map(({ tenantId }) => tenantId), jobs.map(({ jobId }) => jobId)])
}
