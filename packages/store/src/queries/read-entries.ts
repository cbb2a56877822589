import type { TriggerEntry } from '@stageline/domain'
import type { ReadEntry, TriggerStream } from '@stageline/engine/ports'
import type { Query } from '../database.ts'
import { BY_INDEX } from './by-index.ts'
import type { Cursors } from '../what-is-due.ts'
import { entriesAfter } from './trigger-entries.ts'

type Place = { xid: string; subjectId: string; seq: number }
type Row = Place & { tenantId: string; depth: number; entry: TriggerEntry }

const FIRST = '00000000-0000-0000-0000-000000000000'
const LAST = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
const MAX_SEQ = 999_999_999

const cursorOf = (cursors: Cursors) => ({
  name: `place-in-${cursors}`,
  text: `SELECT c.epoch, c.xid::text AS xid, c.subject_id AS "subjectId", c.seq, e.epoch AS now,
      pg_snapshot_xmin(pg_current_snapshot())::text AS bound, ${BY_INDEX}
    FROM ${cursors} c, record_epoch e WHERE c.stream = $1 FOR UPDATE OF c SKIP LOCKED`,
})
const moveOf = (cursors: Cursors) => ({
  name: `move-${cursors}`,
  text: `UPDATE ${cursors} SET epoch = $2, xid = $3::xid8, subject_id = $4, seq = $5 WHERE stream = $1`,
})

type Listener = { tenantId: string; events: readonly string[] }

export type Reading<One extends Listener> = {
  cursors: Cursors
  stream: TriggerStream
  limit: number
  /** Who wants to hear of what. */
  listeners: () => Promise<One[]>
  /** Stores what they make of it; returns how much that is. */
  note: (entries: readonly ReadEntry[], listeners: readonly One[]) => Promise<number>
}

/** In one transaction; whoever reads on from the same place at the same moment is left alone. */
export async function readEntries<One extends Listener>(
  query: Query,
  { cursors, stream, limit, listeners, note }: Reading<One>,
): Promise<{ read: number; noted: number }> {
  const [cursor] = await query<Place & { epoch: number; now: number; bound: string }>(cursorOf(cursors), [stream])
  if (!cursor) return { read: 0, noted: 0 }
  const { bound, now: epoch } = cursor
  // Restored: transaction numbers begin anew, and what was done already is known by its entry.
  const from = cursor.epoch === epoch ? cursor : { xid: '0', subjectId: FIRST, seq: 0 }
  const live = await listeners()
  const wanted = eventsOf(live, stream)
  const tenants = [...new Set(live.map(({ tenantId }) => tenantId))]
  const values = [from.xid, from.subjectId, from.seq, bound, tenants, wanted, limit]
  const rows = wanted.length === 0 ? [] : await query<Row>(entriesAfter(stream), values)
  const noted = await note(rows.map(entryOf), live)
  // A page that is not full has seen all below the bound.
  const last = rows.length === limit ? rows.at(-1)! : behindAll(bound)
  await query(moveOf(cursors), [stream, epoch, last.xid, last.subjectId, last.seq])
  return { read: rows.length, noted }
}

const behindAll = (bound: string): Place => ({ xid: `${BigInt(bound) - 1n}`, subjectId: LAST, seq: MAX_SEQ })

const entryOf = ({ tenantId, depth, entry }: Row): ReadEntry => ({ tenantId, depth, entry })

function eventsOf(listeners: readonly Listener[], stream: TriggerStream): string[] {
  const names = new Set(listeners.flatMap(({ events }) => events))
  return [...names].filter((name) => name.startsWith('job.') === (stream === 'jobs'))
}
