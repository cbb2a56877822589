import type { Query } from '../database.ts'

/** No look is further away than 5 minutes and their jitter. */
const LONGEST_SLEEP = '6 minutes'

export type Recheck = {
  /** When the loss was noticed: what was written since was sent to the Redis that is there now. */
  noticedAt: string
  /** Looks up to here are woken; null at the beginning. */
  woken: string | null
}

/**
 * Woken looks lie a little before the loss, up to 10 s for the priority and 10 ms for an age of up to a week: so the index
 * that finds what is due also gives the order, the most urgent first and of those the oldest, before all that was sent
 * since.
 */
const WOKEN_AT = `$2::timestamptz - interval '10 s' * m.priority
  - interval '10 ms' * least(greatest(extract(epoch FROM $2::timestamptz) * 1000 - s.since, 0) / 604800000, 1)`

/** When the first job of a message was made, ms: the beginning of its UUIDv7. */
const SINCE = `('x' || substr(replace(d.jobs[1]::text, '-', ''), 1, 12))::bit(48)::bigint`

/**
 * The next messages whose look lies ahead, from the first look on again. Goes forward by the time of the look: what a
 * concurrent repair has looked at meanwhile is met once more at most, what it has sent again not at all.
 */
const RECHECK = {
  name: 'recheck-all',
  text: `WITH sleeping AS MATERIALIZED (
      SELECT d.id, d.check_at, ${SINCE} AS since FROM messages d
      WHERE d.check_at > greatest($2::timestamptz, $3::timestamptz) AND d.check_at <= $2::timestamptz + interval '${LONGEST_SLEEP}'
        AND d.sent_at < $2::timestamptz
      ORDER BY d.check_at LIMIT $1 FOR UPDATE SKIP LOCKED
    ), woken AS (
      UPDATE messages m SET check_at = ${WOKEN_AT}, looks = 0 FROM sleeping s WHERE m.id = s.id RETURNING s.check_at, m.size
    ) SELECT coalesce(sum(size), 0)::int AS changed, max(check_at) AS woken FROM woken`,
}

/** A bounded piece: how many steps, and where the next piece begins; 0 when none is left. */
export async function recheckAll(
  query: Query,
  { noticedAt, woken }: Recheck,
  limit: number,
): Promise<{ changed: number; next: Recheck }> {
  const [row] = await query<{ changed: number; woken: string | null }>(RECHECK, [limit, noticedAt, woken])
  return { changed: row?.changed ?? 0, next: { noticedAt, woken: row?.woken ?? woken } }
}

export async function beginRecheck(query: Query): Promise<Recheck> {
  const [row] = await query<{ now: string }>({ name: 'begin-recheck', text: 'SELECT stageline_now() AS now' })
  return { noticedAt: row!.now, woken: null }
}
