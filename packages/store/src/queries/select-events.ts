import { DataError, isId } from '@stageline/domain'
import type { EventView } from '@stageline/engine/ports'
import type { Database, Query } from '../database.ts'
import { entryFrom, HISTORY_COLUMNS, type HistoryRow } from '../history-row.ts'
import { BY_INDEX } from './by-index.ts'
import { correlationOf } from './correlation-of.ts'

/** A place in the outbox. Transaction numbers go beyond 2^53, so they stay text. */
type Place = { epoch: number; xid: string; jobId: string; seq: number }
type Row = HistoryRow &
  Pick<EventView, 'workflow' | 'correlationId'> & {
    job_id: string
    batch_id: string | null
    trace: string | null
    xid: string
  }

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000'
const AFTER_ALL = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
const MAX_SEQ = 999_999_999

/** What a transaction that still runs may yet precede is left for the next call. */
const SELECT = {
  name: 'select-events',
  text: `SELECT ${HISTORY_COLUMNS}, h.job_id, h.xid::text AS xid, j.workflow, j.batch_id, j.trace,
      ${correlationOf('h.tenant_id', 'h.job_id')} AS "correlationId"
    FROM history h JOIN jobs j ON j.tenant_id = h.tenant_id AND j.id = h.job_id
    WHERE h.tenant_id = $1 AND (h.xid, h.job_id, h.seq) > ($2::xid8, $3::uuid, $4::integer)
      AND h.xid < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY h.xid, h.job_id, h.seq LIMIT $5`,
}

/** Entries in the order of their commits, nothing twice and nothing left out, whoever writes meanwhile. */
export async function selectEvents(
  db: Database,
  tenantId: string,
  after: string | null,
  limit: number,
): Promise<{ events: EventView[]; cursor: string }> {
  return db.transaction(tenantId, async (query) => {
    const from = placeAfter(after, await currentEpoch(query))
    const rows = await query<Row>(SELECT, [tenantId, from.xid, from.jobId, from.seq, limit])
    const events = rows.map((row) => eventFrom(row, from.epoch))
    return { events, cursor: events.at(-1)?.cursor ?? toCursor(from) }
  })
}

const PRESENT = {
  name: 'select-present',
  text: `SELECT e.epoch, (pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1)::text AS xid FROM record_epoch e`,
}

/** Behind everything that `selectEvents` would tell by now. */
export async function selectPresentCursor(db: Database): Promise<string> {
  const [row] = await db.anonymous<{ epoch: number; xid: string }>(PRESENT)
  return toCursor({ ...row!, jobId: AFTER_ALL, seq: MAX_SEQ })
}

const EPOCH = { name: 'select-epoch', text: `SELECT epoch, ${BY_INDEX} FROM record_epoch` }

async function currentEpoch(query: Query): Promise<number> {
  const [row] = await query<{ epoch: number }>(EPOCH)
  return row!.epoch
}

/** A cursor of an earlier epoch: all that was restored has the number 0 and is ordered by job and seq. */
function placeAfter(cursor: string | null, epoch: number): Place {
  if (cursor === null) return { epoch, xid: '0', jobId: BEFORE_ALL, seq: 0 }
  const place = fromCursor(cursor)
  return place.epoch === epoch ? place : { ...place, epoch, xid: '0' }
}

const eventFrom = (row: Row, epoch: number): EventView => ({
  cursor: toCursor({ epoch, xid: row.xid, jobId: row.job_id, seq: row.seq }),
  jobId: row.job_id,
  workflow: row.workflow,
  traceparent: row.trace,
  correlationId: row.correlationId,
  batchId: row.batch_id,
  entry: entryFrom(row),
})

/** Those of an earlier epoch come first: whoever has one goes on at the beginning of the next. */
export function compareCursors(one: string, other: string): number {
  if (one === other) return 0
  const [a, b] = [fromCursor(one), fromCursor(other)]
  if (a.epoch !== b.epoch) return a.epoch - b.epoch
  if (a.xid !== b.xid) return BigInt(a.xid) < BigInt(b.xid) ? -1 : 1
  if (a.jobId !== b.jobId) return a.jobId < b.jobId ? -1 : 1
  return a.seq - b.seq
}

const toCursor = ({ epoch, xid, jobId, seq }: Place): string =>
  Buffer.from(`${epoch}.${xid}.${jobId}.${seq}`).toString('base64url')

function fromCursor(cursor: string): Place {
  const [epoch = '', xid = '', jobId = '', seq = ''] = Buffer.from(cursor, 'base64url').toString().split('.')
  const isWhole = /^\d{1,9}$/.test(epoch) && /^\d{1,19}$/.test(xid) && isId(jobId) && /^\d{1,9}$/.test(seq)
  if (!isWhole) throw new DataError('request.bad_cursor', 'The cursor is not one of these events')
  return { epoch: Number(epoch), xid, jobId, seq: Number(seq) }
}
