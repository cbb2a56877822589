import type { Database } from '../database.ts'

export type WorkflowVersionRow = {
  key: string
  version: number
  definition: unknown
  created_at: string
  created_by: string
  versions: number[]
}

/** One version of a definition, or the newest one, beside the numbers of all. */
export async function selectWorkflowVersion(
  db: Database,
  tenantId: string,
  key: string,
  version?: number,
): Promise<WorkflowVersionRow | undefined> {
  const [row] = await db.query<WorkflowVersionRow>(
    tenantId,
    {
      name: 'select-workflow-version',
      steady: true,
      text: `SELECT v.key, v.version, v.definition, v.created_at, v.created_by,
          (SELECT array_agg(o.version ORDER BY o.version) FROM workflow_versions o WHERE o.tenant_id = $1 AND o.key = $2) AS versions
        FROM workflow_versions v
        WHERE v.tenant_id = $1 AND v.key = $2 AND ($3::integer IS NULL OR v.version = $3)
        ORDER BY v.version DESC LIMIT 1`,
    },
    [tenantId, key, version ?? null],
  )
  return row
}
