import { DataError, isId, type Correction } from '@stageline/domain'
import type { CorrectedTask } from '@stageline/engine/ports'
import type { Database } from '../database.ts'

type Row = Omit<CorrectedTask, 'cursor'> & { xid: string; seq: number; epoch: number; corrections: Correction[] }

/** What a transaction that still runs may yet precede is left for the next call. */
const SELECT = {
  name: 'select-corrections',
  text: `SELECT e.epoch, h.xid::text AS xid, h.seq, h.subject_id AS "taskId", t.job_id AS "jobId", t.workflow, t.step, t.type, h.at,
      h.actor, h.reason, h.data ->> 'verdict' AS verdict, h.data -> 'corrections' AS corrections
    FROM record_epoch e
    JOIN desk_history h ON h.tenant_id = $1 AND h.data ? 'corrections'
    JOIN tasks t ON t.tenant_id = h.tenant_id AND t.id = h.subject_id
    WHERE (h.xid, h.subject_id, h.seq) > (CASE WHEN e.epoch = $2 THEN $3 ELSE '0' END::xid8, $4::uuid, $5::integer)
      AND h.xid < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY h.xid, h.subject_id, h.seq LIMIT $6`,
}

const BEFORE_ALL = { epoch: 0, xid: '0', taskId: '00000000-0000-0000-0000-000000000000', seq: 0 }

export async function selectCorrections(
  db: Database,
  tenantId: string,
  after: string | null,
  limit: number,
): Promise<{ items: CorrectedTask[]; cursor: string | null }> {
  const from = after === null ? BEFORE_ALL : fromCursor(after)
  const rows = await db.query<Row>(tenantId, SELECT, [tenantId, from.epoch, from.xid, from.taskId, from.seq, limit])
  const items = rows.map(({ xid, seq, epoch, ...task }) => ({
    cursor: toCursor({ epoch, xid, seq, ...task }),
    ...task,
  }))
  return { items, cursor: items.at(-1)?.cursor ?? after }
}

type Place = typeof BEFORE_ALL

const toCursor = ({ epoch, xid, taskId, seq }: Place): string =>
  Buffer.from(`${epoch}.${xid}.${taskId}.${seq}`).toString('base64url')

function fromCursor(cursor: string): Place {
  const [epoch = '', xid = '', taskId = '', seq = ''] = Buffer.from(cursor, 'base64url').toString().split('.')
  const isWhole = /^\d{1,9}$/.test(epoch) && /^\d{1,19}$/.test(xid) && isId(taskId) && /^\d{1,9}$/.test(seq)
  if (!isWhole) throw new DataError('request.bad_cursor', 'The cursor is not one of these corrections')
  return { epoch: Number(epoch), xid, taskId, seq: Number(seq) }
}
