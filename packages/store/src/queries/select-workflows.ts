import { WorkflowDefinition } from '@stageline/domain'
import type { WorkflowView } from '@stageline/engine/ports'
import type { Database } from '../database.ts'
import { selectWorkflowVersion, type WorkflowVersionRow } from './select-workflow-version.ts'

const NEWEST = {
  name: 'select-workflows',
  text: `SELECT DISTINCT ON (v.key) v.key, v.version, v.definition, v.created_at, v.created_by,
      array_agg(v.version) OVER (PARTITION BY v.key ORDER BY v.version ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS versions
    FROM workflow_versions v WHERE v.tenant_id = $1 ORDER BY v.key, v.version DESC`,
}

/** The newest version of each. */
export const selectWorkflows = async (db: Database, tenantId: string): Promise<WorkflowView[]> =>
  (await db.query<WorkflowVersionRow>(tenantId, NEWEST, [tenantId])).map(workflowFrom)

export async function selectWorkflow(
  db: Database,
  tenantId: string,
  key: string,
  version?: number,
): Promise<WorkflowView | undefined> {
  const row = await selectWorkflowVersion(db, tenantId, key, version)
  return row && workflowFrom(row)
}

const workflowFrom = (row: WorkflowVersionRow): WorkflowView => ({
  key: row.key,
  version: row.version,
  versions: row.versions,
  definition: WorkflowDefinition.parse(row.definition),
  createdAt: row.created_at,
  createdBy: row.created_by,
})
