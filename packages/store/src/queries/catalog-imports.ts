import { isId } from '@stageline/domain'
import type {
  CatalogImport,
  ImportFault,
  ImportProgress,
  NewCatalogImport,
  Page,
  PageRequest,
} from '@stageline/engine/ports'
import type { Database } from '../database.ts'
import { readCursor, toPage } from '../page-cursor.ts'

/** Without a sign of life for so long its process has ended, or is as good as that. */
const SILENCE = `interval '30 s'`
/** How long one that has ended is remembered. */
const MEMORY = `interval '90 days'`

const GOES_ON = `state IN ('checking', 'storing') AND updated_at > stageline_now() - ${SILENCE}`

const LOCK = { text: `SELECT pg_advisory_xact_lock(hashtextextended('catalog_imports ' || $1::text, 0))` }
const FORGET = { text: `DELETE FROM catalog_imports WHERE tenant_id = $1 AND created_at < stageline_now() - ${MEMORY}` }
const BEGIN = {
  text: `INSERT INTO catalog_imports (tenant_id, id, file_name, bytes, actor, dry_run, on_fault, state)
    SELECT $1::uuid, $2::uuid, $3::text, $4::bigint, $5::text, $6::boolean, $7::text, 'checking'
    WHERE NOT EXISTS (SELECT FROM catalog_imports WHERE tenant_id = $1 AND ${GOES_ON})
    RETURNING id`,
}

export async function beginImport(db: Database, tenantId: string, about: NewCatalogImport): Promise<boolean> {
  const { id, fileName, bytes, actor, dryRun, onFault } = about
  return db.transaction(tenantId, async (query) => {
    await query(LOCK, [tenantId])
    await query(FORGET, [tenantId])
    return (await query(BEGIN, [tenantId, id, fileName, bytes, actor, dryRun, onFault])).length > 0
  })
}

const NOTE = {
  name: 'note-catalog-import',
  text: `UPDATE catalog_imports SET state = $3::text, rows_read = $4, rows_stored = $5, rows_faulty = $6, faults = $7::jsonb,
      updated_at = (SELECT stageline_now()),
      finished_at = CASE WHEN $3::text IN ('checking', 'storing') THEN NULL ELSE (SELECT stageline_now()) END
    WHERE tenant_id = $1 AND id = $2`,
}

export async function noteImport(db: Database, tenantId: string, id: string, progress: ImportProgress): Promise<void> {
  const { state, rows, faults } = progress
  await db.query(tenantId, NOTE, [tenantId, id, state, rows.read, rows.stored, rows.faulty, JSON.stringify(faults)])
}

type Row = {
  id: string
  file_name: string | null
  bytes: number
  actor: string
  dry_run: boolean
  on_fault: CatalogImport['onFault']
  state: CatalogImport['state']
  rows_read: number
  rows_stored: number
  rows_faulty: number
  faults: ImportFault[]
  created_at: string
  updated_at: string
  finished_at: string | null
}

const COLUMNS = `id, file_name, bytes, actor, dry_run, on_fault,
  CASE WHEN finished_at IS NULL AND NOT (${GOES_ON}) THEN 'interrupted' ELSE state END AS state,
  rows_read, rows_stored, rows_faulty, faults, created_at, updated_at,
  CASE WHEN finished_at IS NULL AND NOT (${GOES_ON}) THEN updated_at ELSE finished_at END AS finished_at`

const ONE = { text: `SELECT ${COLUMNS} FROM catalog_imports WHERE tenant_id = $1 AND id = $2` }

export async function selectImport(db: Database, tenantId: string, id: string): Promise<CatalogImport | undefined> {
  if (!isId(id)) return undefined
  const [row] = await db.query<Row>(tenantId, ONE, [tenantId, id])
  return row && importFrom(row)
}

const MANY = {
  text: `SELECT ${COLUMNS} FROM catalog_imports WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
}

export async function listImports(db: Database, tenantId: string, page: PageRequest): Promise<Page<CatalogImport>> {
  const after = readCursor(page, 'imports')
  const rows = await db.query<Row>(tenantId, MANY, [tenantId, after ?? null, page.limit + 1])
  return toPage(rows.map(importFrom), page.limit, 'imports')
}

const importFrom = (row: Row): CatalogImport => ({
  id: row.id,
  fileName: row.file_name,
  bytes: row.bytes,
  actor: row.actor,
  dryRun: row.dry_run,
  onFault: row.on_fault,
  state: row.state,
  rows: { read: row.rows_read, stored: row.rows_stored, faulty: row.rows_faulty },
  faults: row.faults,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  finishedAt: row.finished_at,
})
