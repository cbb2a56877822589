import type { Policy } from '@stageline/domain'
import type { Database } from '../database.ts'

/** Of two that follow the same version the second finds its number taken. */
const VERSION = `INSERT INTO policy_versions (tenant_id, name, version, policy, created_by)
  SELECT $1, $2, $3, $4::jsonb, $5
  WHERE $3 - 1 = (SELECT max(version) FROM policy_versions WHERE tenant_id = $1 AND name = $2)
  ON CONFLICT DO NOTHING RETURNING version`

export async function savePolicy(
  db: Database,
  tenantId: string,
  policy: Policy,
  actor: string,
): Promise<'saved' | 'conflict'> {
  const values = [tenantId, policy.name, policy.version, JSON.stringify(policy), actor]
  const rows = await db.query(tenantId, { text: VERSION }, values)
  return rows.length > 0 ? 'saved' : 'conflict'
}
