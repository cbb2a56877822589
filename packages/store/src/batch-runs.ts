import { isId } from '@stageline/domain'
import type { BatchRuns, RunQueue, RunView, SourceStore } from '@stageline/engine/ports'
import type { Database } from './database.ts'
import { beginRun } from './queries/begin-run.ts'
import { endRun, RUN_COLUMNS, runFrom, type RunRow } from './queries/run-columns.ts'
import { listSources, putSource, removeSource, selectSource } from './queries/sources.ts'
import { endRunOf, giveBackRun, noteRun, takeRun } from './queries/work-on-runs.ts'
import { isDue } from './what-is-due.ts'

/** The sources of tenants, for the gateway. */
export const createSourceStore = (db: Database): SourceStore => ({
  put: (tenantId, definition, actor, ifVersion) => putSource(db, tenantId, definition, actor, ifVersion),
  get: (tenantId, key) => selectSource(db, tenantId, key),
  list: (tenantId) => listSources(db, tenantId),
  remove: (tenantId, key, ifVersion) => removeSource(db, tenantId, key, ifVersion),
})

const ONE = { name: 'select-run', text: `SELECT ${RUN_COLUMNS} FROM batch_runs WHERE tenant_id = $1 AND id = $2` }
const STOP = { text: `WITH ${endRun('tenant_id = $1 AND id = $2', `'stopped'`, 'error')} SELECT id FROM ended` }

/** Runs as they are asked for, for the gateway. */
export const createBatchRuns = (db: Database): BatchRuns => ({
  begin: (tenantId, run, idempotency) => beginRun(db, tenantId, run, idempotency),
  get: (tenantId, id) => selectRun(db, tenantId, id),
  stop: async (tenantId, id) => isId(id) && (await db.query(tenantId, STOP, [tenantId, id])).length > 0,
})

async function selectRun(db: Database, tenantId: string, id: string): Promise<RunView | undefined> {
  if (!isId(id)) return undefined
  const [row] = await db.query<RunRow>(tenantId, ONE, [tenantId, id])
  return row && runFrom(row)
}

/** Runs as they are worked on, for orchestrators. */
export const createRunQueue = (db: Database): RunQueue => ({
  take: async (owner, leaseMs, onlyPreview) =>
    (await isDue(db, 'batchRuns'))
      ? db.transaction(null, (query) => takeRun(query, owner, leaseMs, onlyPreview))
      : undefined,
  note: (run, owner, leaseMs, progress) => noteRun(db.anonymous, run, owner, leaseMs, progress),
  end: (run, owner, state, error) => endRunOf(db.anonymous, run, owner, state, error),
  giveBack: (run, owner, afterMs, error) => giveBackRun(db.anonymous, run, owner, afterMs, error),
})
