import { MOST_RECENT, type Activity } from '@stageline/engine/ports'
import type { Database } from '../database.ts'
import { entryFrom, HISTORY_COLUMNS, type HistoryRow } from '../history-row.ts'

const SELECT = {
  name: 'select-activity',
  text: `WITH newest AS MATERIALIZED (
    SELECT id, workflow FROM jobs WHERE tenant_id = $1 ORDER BY id DESC LIMIT ${MOST_RECENT}
  ) SELECT n.id AS job_id, n.workflow, h.failure ->> 'code' AS code, ${HISTORY_COLUMNS}
    FROM newest n CROSS JOIN LATERAL (SELECT * FROM history WHERE tenant_id = $1 AND job_id = n.id OFFSET 0) h
    ORDER BY h.at DESC, n.id DESC, h.seq DESC LIMIT $2`,
}
type Row = HistoryRow & { job_id: string; workflow: string; code: string | null }

export async function selectActivity(db: Database, tenantId: string, limit: number): Promise<Activity[]> {
  const rows = await db.query<Row>(tenantId, SELECT, [tenantId, limit])
  return rows.map((row) => {
    const { data: _data, failure: _failure, ...entry } = entryFrom(row)
    return { jobId: row.job_id, workflow: row.workflow, entry, code: row.code }
  })
}
