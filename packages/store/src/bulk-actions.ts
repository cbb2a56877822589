import { isId } from '@stageline/domain'
import type { BulkActions, BulkItem, BulkQueue, BulkView, Page, PageRequest } from '@stageline/engine/ports'
import type { Database } from './database.ts'
import { readCursor, toPage } from './page-cursor.ts'
import { beginBulkAction } from './queries/begin-bulk-action.ts'
import { BULK_COLUMNS, bulkFrom, type BulkRow } from './queries/bulk-columns.ts'
import { countJobs } from './queries/count-jobs.ts'
import {
  chooseJobs,
  endBulkAction,
  giveBackBulkAction,
  nextOfBulkAction,
  noteBulkAction,
  takeBulkAction,
} from './queries/work-on-bulk-actions.ts'
import { isDue } from './what-is-due.ts'

const ONE = {
  name: 'select-bulk-action',
  text: `SELECT ${BULK_COLUMNS} FROM bulk_actions WHERE tenant_id = $1 AND id = $2`,
}
const MANY = {
  name: 'list-bulk-actions',
  text: `SELECT ${BULK_COLUMNS} FROM bulk_actions WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2)
    ORDER BY id DESC LIMIT $3`,
}
/** Whoever works on it ends it; where nobody does, somebody takes it now. */
const STOP = {
  text: `UPDATE bulk_actions SET stop_asked_at = coalesce(stop_asked_at, (SELECT stageline_now())),
      stopped_by = coalesce(stopped_by, $3), try_at = least(try_at, (SELECT stageline_now()))
    WHERE tenant_id = $1 AND id = $2 AND finished_at IS NULL RETURNING id`,
}
const ITEMS = {
  name: 'select-bulk-items',
  text: `SELECT job_id AS "jobId", outcome, code, detail, at FROM bulk_action_jobs
    WHERE tenant_id = $1 AND bulk_action_id = $2 AND ($3::uuid IS NULL OR job_id > $3) ORDER BY job_id LIMIT $4`,
}

/** Bulk actions as they are asked for, for the gateway. */
export const createBulkActions = (db: Database): BulkActions => ({
  count: (tenantId, filter) => countJobs(db, tenantId, filter),
  begin: (tenantId, action, idempotency) =>
    db.transaction(tenantId, (query) => beginBulkAction(query, tenantId, action, idempotency)),
  get: (tenantId, id) => selectBulkAction(db, tenantId, id),
  list: (tenantId, page) => listBulkActions(db, tenantId, page),
  stop: async (tenantId, id, actor) => isId(id) && (await db.query(tenantId, STOP, [tenantId, id, actor])).length > 0,
  items: async (tenantId, id, after, limit) =>
    isId(id) ? db.query<BulkItem>(tenantId, ITEMS, [tenantId, id, after, limit]) : [],
})

async function selectBulkAction(db: Database, tenantId: string, id: string): Promise<BulkView | undefined> {
  if (!isId(id)) return undefined
  const [row] = await db.query<BulkRow>(tenantId, ONE, [tenantId, id])
  return row && bulkFrom(row)
}

async function listBulkActions(db: Database, tenantId: string, page: PageRequest): Promise<Page<BulkView>> {
  const after = readCursor(page, 'bulk-actions')
  const rows = await db.query<BulkRow>(tenantId, MANY, [tenantId, after ?? null, page.limit + 1])
  return toPage(rows.map(bulkFrom), page.limit, 'bulk-actions')
}

/** Bulk actions as they are worked on, for orchestrators. */
export const createBulkQueue = (db: Database): BulkQueue => ({
  take: async (owner, leaseMs) =>
    (await isDue(db, 'bulkActions'))
      ? db.transaction(null, (query) => takeBulkAction(query, owner, leaseMs))
      : undefined,
  choose: (action, owner, leaseMs, scan) =>
    db.transaction(null, (query) => chooseJobs(query, action, owner, leaseMs, scan)),
  next: (action, after, limit) => nextOfBulkAction(db.anonymous, action, after, limit),
  note: (action, owner, leaseMs, made) => noteBulkAction(db.anonymous, action, owner, leaseMs, made),
  end: (action, owner, state, error) => endBulkAction(db.anonymous, action, owner, state, error),
  giveBack: (action, owner, afterMs, error) => giveBackBulkAction(db.anonymous, action, owner, afterMs, error),
})
