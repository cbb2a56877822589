import type { Database } from '../database.ts'

/** The newest version of each policy. */
export const selectPolicies = (db: Database, tenantId: string): Promise<{ name: string; policy: unknown }[]> =>
  db.query(
    tenantId,
    {
      name: 'select-policies',
      text: 'SELECT DISTINCT ON (name) name, policy FROM policy_versions WHERE tenant_id = $1 ORDER BY name, version DESC',
    },
    [tenantId],
  )
