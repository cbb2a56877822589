import type { TenantSettings } from '@stageline/engine/ports'
import type { Database } from '../database.ts'
import { isUnstorable } from '../store-error.ts'

const SELECT = {
  name: 'select-settings',
  text: 'SELECT time_zone FROM tenant_settings WHERE tenant_id = $1',
}

export async function selectSettings(db: Database, tenantId: string): Promise<TenantSettings> {
  const [row] = await db.query<{ time_zone: string }>(tenantId, SELECT, [tenantId])
  return { timeZone: row?.time_zone ?? 'UTC' }
}

/** Asks the clock in that zone first: every submission will. */
const SAVE = `INSERT INTO tenant_settings (tenant_id, time_zone)
  SELECT $1, $2 WHERE (stageline_now() AT TIME ZONE $2) IS NOT NULL
  ON CONFLICT (tenant_id) DO UPDATE SET time_zone = excluded.time_zone`

export async function saveSettings(
  db: Database,
  tenantId: string,
  { timeZone }: TenantSettings,
): Promise<'saved' | 'unknown_zone'> {
  try {
    await db.query(tenantId, { text: SAVE }, [tenantId, timeZone])
    return 'saved'
  } catch (error) {
    if (isUnstorable(error)) return 'unknown_zone'
    throw error
  }
}
