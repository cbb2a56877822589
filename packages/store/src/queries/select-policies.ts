import { Policy } from '@stageline/domain'
import type { PolicyView } from '@stageline/engine/ports'
import type { Database } from '../database.ts'

type Row = { policy: unknown; versions: number[]; created_at: string; created_by: string }

const NEWEST = {
  name: 'select-policies',
  text: `SELECT DISTINCT ON (name) policy, created_at, created_by,
      array_agg(version) OVER (PARTITION BY name ORDER BY version ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS versions
    FROM policy_versions WHERE tenant_id = $1 ORDER BY name, version DESC`,
}

/** The newest version of each policy. */
export const selectPolicies = async (db: Database, tenantId: string): Promise<PolicyView[]> =>
  (await db.query<Row>(tenantId, NEWEST, [tenantId])).map(policyFrom)

const ONE = {
  name: 'select-policy',
  text: `SELECT p.policy, p.created_at, p.created_by,
      (SELECT array_agg(o.version ORDER BY o.version) FROM policy_versions o WHERE o.tenant_id = $1 AND o.name = $2) AS versions
    FROM policy_versions p WHERE p.tenant_id = $1 AND p.name = $2 AND ($3::integer IS NULL OR p.version = $3)
    ORDER BY p.version DESC LIMIT 1`,
}

/** A version of a policy, or its newest one. */
export async function selectPolicy(
  db: Database,
  tenantId: string,
  name: string,
  version?: number,
): Promise<PolicyView | undefined> {
  const [row] = await db.query<Row>(tenantId, ONE, [tenantId, name, version ?? null])
  return row && policyFrom(row)
}

const policyFrom = (row: Row): PolicyView => ({
  policy: Policy.parse(row.policy),
  versions: row.versions,
  createdAt: row.created_at,
  createdBy: row.created_by,
})
