import type { SourceDefinition } from '@stageline/domain'
import type { SourceView } from '@stageline/engine/ports'
import type { Database } from '../database.ts'

/** What does not fit the expected version changes nothing. A mark is one of its column: with another it is forgotten. */
const PUT = {
  text: `INSERT INTO sources AS s (tenant_id, key, version, definition, updated_by)
    SELECT $1::uuid, $2::text, 1, $3::jsonb, $4::text
    WHERE coalesce($5::integer, 0) = 0 OR EXISTS (SELECT FROM sources WHERE tenant_id = $1 AND key = $2)
    ON CONFLICT (tenant_id, key) DO UPDATE SET version = s.version + 1, definition = excluded.definition,
      updated_by = excluded.updated_by, updated_at = stageline_now(),
      mark = CASE WHEN ${sameColumn('s', 'excluded')} THEN s.mark END,
      mark_keys = CASE WHEN ${sameColumn('s', 'excluded')} THEN s.mark_keys ELSE '{}' END,
      mark_at = CASE WHEN ${sameColumn('s', 'excluded')} THEN s.mark_at END
    WHERE $5 IS NULL OR s.version = $5
    RETURNING version`,
}

function sameColumn(one: string, other: string): string {
  return `${one}.definition->>'markColumn' IS NOT DISTINCT FROM ${other}.definition->>'markColumn'`
}

export async function putSource(
  db: Database,
  tenantId: string,
  definition: SourceDefinition,
  actor: string,
  ifVersion: number | null,
): Promise<{ version: number } | 'conflict'> {
  const values = [tenantId, definition.key, JSON.stringify(definition), actor, ifVersion]
  const [row] = await db.query<{ version: number }>(tenantId, PUT, values)
  return row ? { version: row.version } : 'conflict'
}

const COLUMNS = 'definition, version, mark, mark_at, created_at, updated_at, updated_by'
const ONE = { text: `SELECT ${COLUMNS} FROM sources WHERE tenant_id = $1 AND key = $2` }
const ALL = { text: `SELECT ${COLUMNS} FROM sources WHERE tenant_id = $1 ORDER BY key` }

type Row = {
  definition: SourceDefinition
  version: number
  mark: string | null
  mark_at: string | null
  created_at: string
  updated_at: string
  updated_by: string
}

export async function selectSource(db: Database, tenantId: string, key: string): Promise<SourceView | undefined> {
  const [row] = await db.query<Row>(tenantId, ONE, [tenantId, key])
  return row && sourceFrom(row)
}

export async function listSources(db: Database, tenantId: string): Promise<SourceView[]> {
  return (await db.query<Row>(tenantId, ALL, [tenantId])).map(sourceFrom)
}

const sourceFrom = (row: Row): SourceView => ({
  definition: row.definition,
  version: row.version,
  mark: row.mark,
  markAt: row.mark_at,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  updatedBy: row.updated_by,
})

const REMOVE = {
  text: `WITH known AS (SELECT version FROM sources WHERE tenant_id = $1 AND key = $2), gone AS (
      DELETE FROM sources WHERE tenant_id = $1 AND key = $2 AND ($3::integer IS NULL OR version = $3) RETURNING key
    ) SELECT EXISTS (SELECT FROM known) AS known, EXISTS (SELECT FROM gone) AS gone`,
}

export async function removeSource(db: Database, tenantId: string, key: string, ifVersion: number | null) {
  const [row] = await db.query<{ known: boolean; gone: boolean }>(tenantId, REMOVE, [tenantId, key, ifVersion])
  if (row?.gone) return 'removed' as const
  return row?.known ? ('conflict' as const) : ('unknown' as const)
}
