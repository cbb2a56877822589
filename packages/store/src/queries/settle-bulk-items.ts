import type { JobWrite } from '@stageline/engine/ports'
import type { Query } from '../database.ts'
import { parameters } from './write-columns.ts'

const ITEM = parameters(1, ['uuid', 'uuid', 'uuid'])

/** Held until the end of the transaction, before the jobs themselves: nobody locks them the other way round. */
const HOLD = {
  name: 'hold-bulk-items',
  text: `SELECT j.bulk_action_id, j.job_id FROM unnest(${ITEM}) AS w(tenant_id, bulk_action_id, job_id)
    JOIN bulk_action_jobs j ON j.tenant_id = w.tenant_id AND j.bulk_action_id = w.bulk_action_id AND j.job_id = w.job_id
    JOIN bulk_actions a ON a.tenant_id = w.tenant_id AND a.id = w.bulk_action_id
    WHERE j.outcome IS NULL AND a.stop_asked_at IS NULL AND a.finished_at IS NULL
    ORDER BY j.bulk_action_id, j.job_id FOR UPDATE OF j`,
}

const DONE = {
  name: 'bulk-items-done',
  text: `UPDATE bulk_action_jobs j SET outcome = 'done', at = (SELECT stageline_now())
    FROM unnest(${ITEM}) AS w(tenant_id, bulk_action_id, job_id)
    WHERE j.tenant_id = w.tenant_id AND j.bulk_action_id = w.bulk_action_id AND j.job_id = w.job_id`,
}

/** @returns the writes that are wanted: all but those whose bulk action was stopped or has done with the job already */
export async function wantedByBulk(query: Query, writes: readonly JobWrite[]): Promise<readonly JobWrite[]> {
  const columns = itemsOf(writes)
  if (columns[0].length === 0) return writes
  const rows = await query<{ bulk_action_id: string; job_id: string }>(HOLD, columns)
  const held = new Set(rows.map((row) => `${row.bulk_action_id} ${row.job_id}`))
  return writes.filter(({ after, bulkActions = [] }) => bulkActions.every((id) => held.has(`${id} ${after.id}`)))
}

export async function settleBulkItems(query: Query, writes: readonly JobWrite[]): Promise<void> {
  const columns = itemsOf(writes)
  if (columns[0].length > 0) await query(DONE, columns)
}

function itemsOf(writes: readonly JobWrite[]): [string[], string[], string[]] {
  const items = writes.flatMap(({ after, bulkActions = [] }) =>
    bulkActions.map((id) => ({ tenantId: after.tenantId, id, jobId: after.id })),
  )
  return [items.map(({ tenantId }) => tenantId), items.map(({ id }) => id), items.map(({ jobId }) => jobId)]
}
