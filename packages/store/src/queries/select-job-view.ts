import { isId, WorkflowDefinition } from '@stageline/domain'
import type { JobView } from '@stageline/engine/ports'
import type { ArchiveReader } from '../archive-reader.ts'
import type { Database } from '../database.ts'
import { JOB_COLUMNS, jobFrom, type JobColumns } from '../job-row.ts'
import { overLine } from './archived-rows.ts'

type Row = JobColumns & {
  business_key: string | null
  tags: string[]
  origin: string
  actor: string
  replay_of: string | null
  created_at: string
  updated_at: string
  finished_at: string | null
  definition: unknown
  last_error: JobView['lastError']
  decisions: JobView['decisions']
  open_tasks: string[]
}

const SELECT = {
  name: 'select-job-view',
  text: `SELECT ${JOB_COLUMNS}, j.business_key, j.tags, j.origin, j.actor, j.replay_of, j.created_at, j.updated_at, j.finished_at,
      v.definition,
      (SELECT jsonb_build_object('code', h.failure -> 'code', 'message', h.failure -> 'message', 'kind', h.failure -> 'kind',
          'step', h.step, 'at', to_char(h.at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
        FROM history h WHERE h.tenant_id = j.tenant_id AND h.job_id = j.id AND h.failure IS NOT NULL
        ORDER BY h.seq DESC LIMIT 1) AS last_error,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('step', d.step, 'decision', d.decision,
          'at', to_char(d.at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) ORDER BY d.id), '[]')
        FROM decisions d WHERE d.tenant_id = j.tenant_id AND d.job_id = j.id) AS decisions,
      (SELECT coalesce(jsonb_agg(t.id ORDER BY t.id), '[]') FROM tasks t
        WHERE t.tenant_id = j.tenant_id AND t.job_id = j.id AND t.state IN ('new', 'in_progress', 'blocked')
          AND t.step IS NOT NULL) AS open_tasks
    FROM jobs j
    JOIN workflow_versions v ON v.tenant_id = j.tenant_id AND v.key = j.workflow AND v.version = j.version
    WHERE j.tenant_id = $1 AND j.id = $2`,
}

const OF_ARCHIVE = overLine(SELECT, 3)

/** A job with its definition, its last failure, what was decided about it, and who has to look at it. */
export async function selectJobView(
  db: Database,
  tenantId: string,
  jobId: string,
  archive?: ArchiveReader,
): Promise<JobView | undefined> {
  if (!isId(jobId)) return undefined
  const [row] = await db.query<Row>(tenantId, SELECT, [tenantId, jobId])
  if (row) return viewFrom(row, db.now(), null)
  const archived = await archive?.find(tenantId, jobId)
  if (!archived) return undefined
  const [old] = await db.query<Row>(tenantId, OF_ARCHIVE, [tenantId, jobId, archived.line])
  return old && viewFrom(old, db.now(), archived.archivedAt)
}

const viewFrom = (row: Row, now: Date, archivedAt: string | null): JobView => ({
  id: row.id,
  workflow: row.workflow,
  version: row.version,
  state: row.state,
  stage: row.stage,
  priority: row.priority,
  businessKey: row.business_key,
  tags: row.tags,
  batchId: row.batch_id,
  origin: row.origin,
  actor: row.actor,
  replayOf: row.replay_of,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  finishedAt: row.finished_at,
  job: jobFrom(row),
  readAt: now.toISOString(),
  definition: WorkflowDefinition.parse(row.definition),
  lastError: row.last_error,
  decisions: row.decisions,
  openTasks: row.open_tasks,
  archivedAt,
})
