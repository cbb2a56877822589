import type { TriggerDefinition } from '@stageline/domain'
import type { Page, PageRequest, TriggerRunView, TriggerView } from '@stageline/engine/ports'
import type { Database } from '../database.ts'
import { readCursor, toPage } from '../page-cursor.ts'

/** What does not fit the expected version changes nothing. One that is put to use again begins with what happens then. */
const PUT = {
  text: `INSERT INTO triggers AS t (tenant_id, key, enabled, definition, updated_by)
    SELECT $1::uuid, $2::text, $3::boolean, $4::jsonb, $5::text
    WHERE coalesce($6::integer, 0) = 0 OR EXISTS (SELECT FROM triggers WHERE tenant_id = $1 AND key = $2)
    ON CONFLICT (tenant_id, key) DO UPDATE SET version = t.version + 1, enabled = excluded.enabled,
      definition = excluded.definition, updated_by = excluded.updated_by, updated_at = stageline_now(),
      since = CASE WHEN t.enabled THEN t.since ELSE stageline_now() END
    WHERE $6 IS NULL OR t.version = $6
    RETURNING version`,
}

export async function putTrigger(
  db: Database,
  tenantId: string,
  definition: TriggerDefinition,
  actor: string,
  ifVersion: number | null,
): Promise<{ version: number } | 'conflict'> {
  const { key, enabled } = definition
  const values = [tenantId, key, enabled, JSON.stringify(definition), actor, ifVersion]
  const [row] = await db.query<{ version: number }>(tenantId, PUT, values)
  return row ?? 'conflict'
}

const COLUMNS = `definition, version, created_at AS "createdAt", updated_at AS "updatedAt", updated_by AS "updatedBy"`
const ONE = { text: `SELECT ${COLUMNS} FROM triggers WHERE tenant_id = $1 AND key = $2` }
const ALL = { text: `SELECT ${COLUMNS} FROM triggers WHERE tenant_id = $1 ORDER BY key` }

export const selectTrigger = async (db: Database, tenantId: string, key: string): Promise<TriggerView | undefined> =>
  (await db.query<TriggerView>(tenantId, ONE, [tenantId, key]))[0]

export const listTriggers = (db: Database, tenantId: string): Promise<TriggerView[]> =>
  db.query<TriggerView>(tenantId, ALL, [tenantId])

const REMOVE = {
  text: `WITH known AS (SELECT version FROM triggers WHERE tenant_id = $1 AND key = $2), gone AS (
      DELETE FROM triggers WHERE tenant_id = $1 AND key = $2 AND ($3::integer IS NULL OR version = $3) RETURNING key
    ) SELECT EXISTS (SELECT FROM known) AS known, EXISTS (SELECT FROM gone) AS gone`,
}

export async function removeTrigger(db: Database, tenantId: string, key: string, ifVersion: number | null) {
  const [row] = await db.query<{ known: boolean; gone: boolean }>(tenantId, REMOVE, [tenantId, key, ifVersion])
  if (row?.gone) return 'removed' as const
  return row?.known ? ('conflict' as const) : ('unknown' as const)
}

const RUNS = {
  text: `SELECT id, version, entry, depth, state, made, error, tries, created_at AS "createdAt", finished_at AS "finishedAt"
    FROM trigger_runs WHERE tenant_id = $1 AND trigger_key = $2 AND ($3::uuid IS NULL OR id < $3)
    ORDER BY id DESC LIMIT $4`,
}

export async function listTriggerRuns(
  db: Database,
  tenantId: string,
  key: string,
  page: PageRequest,
): Promise<Page<TriggerRunView>> {
  const filter = { key }
  const values = [tenantId, key, readCursor(page, filter) ?? null, page.limit + 1]
  return toPage(await db.query<TriggerRunView>(tenantId, RUNS, values), page.limit, filter)
}
