import { isId } from '@stageline/domain'
import type { ArchiveReader } from '../archive-reader.ts'
import type { Database } from '../database.ts'
import { overLine } from './archived-rows.ts'

const INPUT = {
  name: 'select-input',
  text: 'SELECT body FROM payloads WHERE tenant_id = $1 AND job_id = $2 AND seq = 1',
}

const INPUT_OF_ARCHIVE = overLine(INPUT, 3)

/** What was submitted; undefined for an unknown job. */
export async function selectInput(
  db: Database,
  tenantId: string,
  jobId: string,
  archive?: ArchiveReader,
): Promise<unknown> {
  if (!isId(jobId)) return undefined
  const [row] = await db.query<{ body: unknown }>(tenantId, INPUT, [tenantId, jobId])
  if (row) return row.body
  const archived = await archive?.find(tenantId, jobId)
  if (!archived) return undefined
  const [old] = await db.query<{ body: unknown }>(tenantId, INPUT_OF_ARCHIVE, [tenantId, jobId, archived.line])
  return old?.body
}

const OUTPUTS = {
  name: 'select-outputs',
  text: `SELECT
      (SELECT jsonb_object_agg(s.key, h.data) FROM jsonb_each(j.steps) AS s
        JOIN history h ON h.tenant_id = j.tenant_id AND h.job_id = j.id AND h.seq = (s.value ->> 'o')::integer) AS outputs,
      (SELECT h.data FROM history h WHERE h.tenant_id = j.tenant_id AND h.job_id = j.id AND h.seq = j.result) AS result
    FROM jobs j WHERE j.tenant_id = $1 AND j.id = $2`,
}

const OUTPUTS_OF_ARCHIVE = overLine(OUTPUTS, 3)
type Outputs = { outputs: Record<string, unknown> | null; result: unknown }

export async function selectOutputs(
  db: Database,
  tenantId: string,
  jobId: string,
  archive?: ArchiveReader,
): Promise<{ outputs: Record<string, unknown>; result: unknown }> {
  if (!isId(jobId)) return { outputs: {}, result: null }
  let [row] = await db.query<Outputs>(tenantId, OUTPUTS, [tenantId, jobId])
  const archived = row ? undefined : await archive?.find(tenantId, jobId)
  if (archived) [row] = await db.query<Outputs>(tenantId, OUTPUTS_OF_ARCHIVE, [tenantId, jobId, archived.line])
  return { outputs: row?.outputs ?? {}, result: row?.result ?? null }
}
