import { isId, type HistoryEntry } from '@stageline/domain'
import type { Database } from '../database.ts'
import { entryFrom, HISTORY_COLUMNS, type HistoryRow } from '../history-row.ts'

const SELECT = {
  name: 'select-history',
  text: `SELECT ${HISTORY_COLUMNS} FROM history h WHERE h.tenant_id = $1 AND h.job_id = $2 ORDER BY h.seq`,
}

export async function selectHistory(db: Database, tenantId: string, jobId: string): Promise<HistoryEntry[]> {
  if (!isId(jobId)) return []
  return (await db.query<HistoryRow>(tenantId, SELECT, [tenantId, jobId])).map(entryFrom)
}
