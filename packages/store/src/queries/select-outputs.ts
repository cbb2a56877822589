import { isId } from '@stageline/domain'
import type { Database } from '../database.ts'

const INPUT = {
  name: 'select-input',
  text: 'SELECT body FROM payloads WHERE tenant_id = $1 AND job_id = $2 AND seq = 1',
}

/** What was submitted; undefined for an unknown job. */
export async function selectInput(db: Database, tenantId: string, jobId: string): Promise<unknown> {
  if (!isId(jobId)) return undefined
  const [row] = await db.query<{ body: unknown }>(tenantId, INPUT, [tenantId, jobId])
  return row?.body
}

const OUTPUTS = {
  name: 'select-outputs',
  text: `SELECT
      (SELECT jsonb_object_agg(s.key, h.data) FROM jsonb_each(j.steps) AS s
        JOIN history h ON h.tenant_id = j.tenant_id AND h.job_id = j.id AND h.seq = (s.value ->> 'o')::integer) AS outputs,
      (SELECT h.data FROM history h WHERE h.tenant_id = j.tenant_id AND h.job_id = j.id AND h.seq = j.result) AS result
    FROM jobs j WHERE j.tenant_id = $1 AND j.id = $2`,
}

export async function selectOutputs(
  db: Database,
  tenantId: string,
  jobId: string,
): Promise<{ outputs: Record<string, unknown>; result: unknown }> {
  if (!isId(jobId)) return { outputs: {}, result: null }
  const [row] = await db.query<{ outputs: Record<string, unknown> | null; result: unknown }>(tenantId, OUTPUTS, [
    tenantId,
    jobId,
  ])
  return { outputs: row?.outputs ?? {}, result: row?.result ?? null }
}
