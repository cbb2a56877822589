import type { Query } from '../database.ts'

/** Two looks count as done, so that the next is a close one. What was sent lately may just be on its way. */
const RECHECK = {
  name: 'recheck-queues',
  text: `WITH sleeping AS MATERIALIZED (
      SELECT d.id FROM messages d
      WHERE d.check_at > (SELECT stageline_now()) + interval '5 s' AND d.stage = ANY ($1::text[]) AND d.sent_at < (SELECT stageline_now()) - interval '5 s'
      ORDER BY d.check_at LIMIT $2 FOR UPDATE SKIP LOCKED
    ), woken AS (
      UPDATE messages m SET check_at = (SELECT stageline_now()), looks = greatest(m.looks, 2) FROM sleeping s
      WHERE m.id = s.id RETURNING m.size
    ) SELECT coalesce(sum(size), 0)::int AS changed FROM woken`,
}

/** A bounded piece of the messages of these queues that are looked for later than in 5 s: how many steps they carry. */
export async function recheckQueues(query: Query, queues: readonly string[], limit: number): Promise<number> {
  if (queues.length === 0) return 0
  const [row] = await query<{ changed: number }>(RECHECK, [queues, limit])
  return row?.changed ?? 0
}
