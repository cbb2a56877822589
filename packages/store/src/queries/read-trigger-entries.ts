import type { TriggerEntry } from '@stageline/domain'
import type { LiveTrigger, NewTriggerRun, ReadEntry, TriggerQueue, TriggerStream } from '@stageline/engine/ports'
import type { Query } from '../database.ts'
import { entriesAfter } from './trigger-entries.ts'
import { parameters } from './write-columns.ts'

type Place = { xid: string; subjectId: string; seq: number }
type Row = Place & { tenantId: string; depth: number; entry: TriggerEntry }

const FIRST = '00000000-0000-0000-0000-000000000000'
const LAST = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
const MAX_SEQ = 999_999_999

const CURSOR = {
  name: 'trigger-cursor',
  text: `SELECT c.epoch, c.xid::text AS xid, c.subject_id AS "subjectId", c.seq, e.epoch AS now,
      pg_snapshot_xmin(pg_current_snapshot())::text AS bound
    FROM trigger_cursors c, record_epoch e WHERE c.stream = $1 FOR UPDATE OF c SKIP LOCKED`,
}
const LIVE = {
  name: 'live-triggers',
  text: 'SELECT tenant_id AS "tenantId", version, since, definition FROM triggers WHERE enabled ORDER BY tenant_id, key',
}
const MOVE = {
  name: 'move-trigger-cursor',
  text: `UPDATE trigger_cursors SET epoch = $2, xid = $3::xid8, subject_id = $4, seq = $5 WHERE stream = $1`,
}
const INSERT = {
  name: 'insert-trigger-runs',
  text: `WITH fresh AS (
      INSERT INTO trigger_runs (tenant_id, trigger_key, subject_id, seq, id, version, entry, actions, depth, state, error, finished_at)
      SELECT n.*, CASE WHEN n.state <> 'waiting' THEN stageline_now() END
      FROM unnest(${parameters(1, 'uuid text uuid integer uuid integer jsonb jsonb integer text jsonb'.split(' '))})
        AS n(tenant_id, trigger_key, subject_id, seq, id, version, entry, actions, depth, state, error)
      ON CONFLICT (tenant_id, trigger_key, subject_id, seq) DO NOTHING RETURNING 1
    ) SELECT count(*) AS fired FROM fresh`,
}

/** In one transaction; whoever reads this history at the same moment is left alone. */
export async function readTriggerEntries(
  query: Query,
  stream: TriggerStream,
  limit: number,
  match: Parameters<TriggerQueue['read']>[2],
): Promise<{ read: number; fired: number }> {
  const [cursor] = await query<Place & { epoch: number; now: number; bound: string }>(CURSOR, [stream])
  if (!cursor) return { read: 0, fired: 0 }
  const { bound, now: epoch } = cursor
  // Restored: transaction numbers begin anew, and what was done already is known by its entry.
  const from = cursor.epoch === epoch ? cursor : { xid: '0', subjectId: FIRST, seq: 0 }
  const live = await query<LiveTrigger>(LIVE)
  const wanted = eventsOf(live, stream)
  const tenants = [...new Set(live.map(({ tenantId }) => tenantId))]
  const values = [from.xid, from.subjectId, from.seq, bound, tenants, wanted, limit]
  const rows = wanted.length === 0 ? [] : await query<Row>(entriesAfter(stream), values)
  const fired = await insertRuns(query, match(rows.map(entryOf), live))
  // A page that is not full has seen all below the bound.
  const last = rows.length === limit ? rows.at(-1)! : behindAll(bound)
  await query(MOVE, [stream, epoch, last.xid, last.subjectId, last.seq])
  return { read: rows.length, fired }
}

const behindAll = (bound: string): Place => ({ xid: `${BigInt(bound) - 1n}`, subjectId: LAST, seq: MAX_SEQ })

const entryOf = ({ tenantId, depth, entry }: Row): ReadEntry => ({ tenantId, depth, entry })

function eventsOf(live: readonly LiveTrigger[], stream: TriggerStream): string[] {
  const names = new Set(live.flatMap(({ definition }) => definition.on))
  return [...names].filter((name) => name.startsWith('job.') === (stream === 'jobs'))
}

async function insertRuns(query: Query, runs: readonly NewTriggerRun[]): Promise<number> {
  if (runs.length === 0) return 0
  const [row] = await query<{ fired: number }>(INSERT, [
    runs.map(({ tenantId }) => tenantId),
    runs.map(({ key }) => key),
    runs.map(({ entry }) => entry.subjectId),
    runs.map(({ entry }) => entry.seq),
    runs.map(({ id }) => id),
    runs.map(({ version }) => version),
    runs.map(({ entry }) => JSON.stringify(entry)),
    runs.map(({ actions }) => JSON.stringify(actions)),
    runs.map(({ depth }) => depth),
    runs.map(({ state }) => state),
    runs.map(({ error }) => error && JSON.stringify(error)),
  ])
  return row?.fired ?? 0
}
