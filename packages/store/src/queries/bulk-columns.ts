import type { BulkView, TakenBulkAction } from '@stageline/engine/ports'

/** Times travel as text in JSON. */
type StoredFilter = Omit<TakenBulkAction['filter'], 'createdAfter' | 'createdBefore'> & {
  createdAfter?: string
  createdBefore?: string
}

export type BulkRow = {
  tenant_id: string
  id: string
  kind: BulkView['kind']
  filter: StoredFilter
  reason: string | null
  actor: string
  state: BulkView['state']
  chosen_at: string | null
  total: number
  done: number
  skipped: number
  failed: number
  reasons: Record<string, number>
  stopped_by: string | null
  tries: number
  try_at: string
  error: BulkView['error']
  created_at: string
  updated_at: string
  finished_at: string | null
}

export const BULK_COLUMNS =
  'tenant_id, id, kind, filter, reason, actor, state, chosen_at, total, done, skipped, failed, reasons, stopped_by, tries, try_at, error, created_at, updated_at, finished_at'

function filterFrom({ createdAfter, createdBefore, ...same }: StoredFilter): TakenBulkAction['filter'] {
  return {
    ...same,
    ...(createdAfter === undefined ? {} : { createdAfter: new Date(createdAfter) }),
    ...(createdBefore === undefined ? {} : { createdBefore: new Date(createdBefore) }),
  }
}

const askedFrom = (row: BulkRow) => ({
  id: row.id,
  kind: row.kind,
  filter: filterFrom(row.filter),
  reason: row.reason,
  actor: row.actor,
  progress: { done: row.done, skipped: row.skipped, failed: row.failed, reasons: row.reasons },
  tries: row.tries,
})

export const bulkFrom = (row: BulkRow): BulkView => ({
  ...askedFrom(row),
  state: row.stopped_by !== null && row.finished_at === null ? 'stopping' : row.state,
  total: row.total,
  error: row.error,
  nextTryAt: row.state === 'waiting' && row.tries > 0 ? row.try_at : null,
  createdAt: row.created_at,
  chosenAt: row.chosen_at,
  updatedAt: row.updated_at,
  finishedAt: row.finished_at,
  stoppedBy: row.stopped_by,
})

export const takenBulkFrom = (row: BulkRow): TakenBulkAction => ({
  ...askedFrom(row),
  tenantId: row.tenant_id,
  isChosen: row.chosen_at !== null,
})

/** What became of the jobs of an action, counted: tenant and id are the first two parameters. */
export const BULK_COUNTS = `SELECT count(*) FILTER (WHERE outcome = 'done') AS done,
    count(*) FILTER (WHERE outcome = 'skipped') AS skipped, count(*) FILTER (WHERE outcome = 'failed') AS failed,
    count(*) FILTER (WHERE outcome IS NULL) AS open,
    coalesce((SELECT jsonb_object_agg(r.code, r.jobs) FROM (SELECT code, count(*) AS jobs FROM bulk_action_jobs
      WHERE tenant_id = $1 AND bulk_action_id = $2 AND code IS NOT NULL GROUP BY code) AS r), '{}') AS reasons
  FROM bulk_action_jobs WHERE tenant_id = $1 AND bulk_action_id = $2`
