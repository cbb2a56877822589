import type { BacklogCount, BacklogReader } from '@stageline/engine/ports'
import type { Database } from './database.ts'

const OF_TENANT = { name: 'backlog-of-tenant', text: 'SELECT open, finished, bound FROM backlog_of_tenant()' }
const OF_ALL = { name: 'backlog-of-all', text: 'SELECT open, finished FROM backlog_of_all()' }

const TENANT = { text: `SELECT set_config('app.tenant', $1, true)` }

/** Sums of the counters, for whoever takes in jobs. */
export function createBacklogReader(db: Database): BacklogReader {
  return {
    ofTenant: (tenantId) =>
      db.transaction(tenantId, async (query) => {
        // The gateway's transaction names its tenant by itself.
        if (db.role === 'worker') await query(TENANT, [tenantId])
        return (await query<BacklogCount & { bound: number | null }>(OF_TENANT))[0]!
      }),
    ofAll: async () => (await db.anonymous<BacklogCount>(OF_ALL))[0]!,
  }
}
