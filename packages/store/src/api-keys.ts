import type { ApiKeys } from '@stageline/engine/ports'
import type { Database } from './database.ts'

/** Two questions that the gateway may ask before it knows a tenant; the functions behind them run as their owner. */
export function createApiKeys(db: Database): ApiKeys {
  return {
    find: async (sha256) => {
      const rows = await db.anonymous<{ id: string; tenant_id: string; name: string }>(
        { name: 'find-api-key', text: 'SELECT id, tenant_id, name FROM find_api_key($1)' },
        [sha256],
      )
      const [row] = rows
      return row && { id: row.id, tenantId: row.tenant_id, name: row.name }
    },
    any: async () => {
      const [row] = await db.anonymous<{ any: boolean }>({
        name: 'any-api-key',
        text: 'SELECT api_keys_exist() AS any',
      })
      return row?.any === true
    },
  }
}
