import type { BacklogCount, BacklogReader } from '@stageline/engine/ports'
import type { Database } from './database.ts'

const OF_TENANT = { name: 'backlog-of-tenant', text: 'SELECT open, finished, bound FROM backlog_of_tenant()' }
const OF_ALL = { name: 'backlog-of-all', text: 'SELECT open, finished FROM backlog_of_all()' }

/** Sums of the counters, for the gateway. */
export function createBacklogReader(db: Database): BacklogReader {
  return {
    ofTenant: async (tenantId) => (await db.query<BacklogCount & { bound: number | null }>(tenantId, OF_TENANT))[0]!,
    ofAll: async () => (await db.anonymous<BacklogCount>(OF_ALL))[0]!,
  }
}
