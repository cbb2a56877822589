import type { WorkflowDefinition } from '@stageline/domain'
import type { Database } from '../database.ts'

const KEY = 'INSERT INTO workflows (tenant_id, key) VALUES ($1, $2) ON CONFLICT DO NOTHING'

/** Of two that save at once the second finds its number taken. */
const VERSION = `INSERT INTO workflow_versions (tenant_id, key, version, definition, created_by)
  SELECT $1, $2, newest.version + 1, $3::jsonb, $4
  FROM (SELECT coalesce(max(version), 0) AS version FROM workflow_versions WHERE tenant_id = $1 AND key = $2) AS newest
  WHERE $5::integer IS NULL OR newest.version = $5
  ON CONFLICT DO NOTHING RETURNING version`

export async function saveWorkflow(
  db: Database,
  tenantId: string,
  definition: WorkflowDefinition,
  actor: string,
  ifVersion: number | null,
): Promise<{ version: number } | 'conflict'> {
  return db.transaction(tenantId, async (query) => {
    await query({ text: KEY }, [tenantId, definition.key])
    const values = [tenantId, definition.key, JSON.stringify(definition), actor, ifVersion]
    const [row] = await query<{ version: number }>({ text: VERSION }, values)
    return row ? { version: row.version } : 'conflict'
  })
}
