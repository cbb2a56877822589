import { isId, type HistoryEntry } from '@stageline/domain'
import type { ArchiveReader } from '../archive-reader.ts'
import type { Database } from '../database.ts'
import { entryFrom, HISTORY_COLUMNS, type HistoryRow } from '../history-row.ts'
import { overLine } from './archived-rows.ts'

const SELECT = {
  name: 'select-history',
  text: `SELECT ${HISTORY_COLUMNS} FROM history h WHERE h.tenant_id = $1 AND h.job_id = $2 ORDER BY h.seq`,
}

const OF_ARCHIVE = overLine(SELECT, 3)

export async function selectHistory(
  db: Database,
  tenantId: string,
  jobId: string,
  archive?: ArchiveReader,
): Promise<HistoryEntry[]> {
  if (!isId(jobId)) return []
  const rows = await db.query<HistoryRow>(tenantId, SELECT, [tenantId, jobId])
  if (rows.length > 0) return rows.map(entryFrom)
  const archived = await archive?.find(tenantId, jobId)
  if (!archived) return []
  return (await db.query<HistoryRow>(tenantId, OF_ARCHIVE, [tenantId, jobId, archived.line])).map(entryFrom)
}
