import type { Sought } from '@stageline/engine/ports'
import type { Query } from '../database.ts'

/**
 * A full piece means a deep backlog: its next looks lie four times as far away (still at most 5 minutes), since seven looks
 * at each of a million messages would cost more than the work itself.
 *
 * 3 s after the first look, then 6, 12 … up to 5 minutes, with up to 20 % of jitter: whoever takes a message and dies
 * before it has sent its steps again holds them up for less than 5 s. In the order of the index: after a loss that is the
 * order of urgency, see `recheck-all.ts`. The piece is cut before anything is locked, so that what does not fit is left as
 * it is; what another has taken meanwhile is looked at again once it is locked.
 */
const TAKE = {
  name: 'take-unchecked',
  text: `WITH due AS MATERIALIZED (
      SELECT m.id, m.size FROM messages m WHERE m.check_at <= (SELECT stageline_now()) AND m.id IN (
        SELECT id FROM (
          SELECT id, sum(size) OVER (ORDER BY check_at, id) - size AS before FROM (
            SELECT id, size, check_at FROM messages WHERE check_at <= (SELECT stageline_now()) ORDER BY check_at LIMIT $1) AS first
        ) AS summed WHERE before < $1)
      FOR UPDATE SKIP LOCKED
    ), taken AS (
      UPDATE messages m SET looks = least(m.looks + 1, 1000),
        check_at = (SELECT stageline_now()) + least(
          interval '1.5 s' * power(2, least(m.looks + 1, 10)) * (SELECT CASE WHEN sum(size) >= $1 THEN 4 ELSE 1 END FROM due),
          interval '5 min') * (1 + random() * 0.2)
      FROM due WHERE m.id = due.id
      RETURNING m.id, m.tenant_id AS "tenantId", m.stage, m.jobs, m.looks, m.priority
    ) SELECT id, "tenantId", stage, jobs, looks FROM taken ORDER BY priority DESC, jobs[1]`,
}

/** In the order in which they should be sent again: the most urgent first, and of those the oldest. */
export const takeUnchecked = (query: Query, limit: number): Promise<Sought[]> => query<Sought>(TAKE, [limit])

/** Looks that could not be taken are due again: soon, but not before all others. */
const GIVE_BACK = {
  name: 'give-back-unchecked',
  text: `UPDATE messages SET looks = greatest(looks - 1, 0), check_at = (SELECT stageline_now()) + interval '5 s'
    WHERE id = ANY ($1::uuid[])`,
}

export async function giveBackUnchecked(query: Query, messages: readonly string[]): Promise<void> {
  await query(GIVE_BACK, [messages])
}

/** Waits for nobody: what is being looked at is left to that look. The parameter is an array of ids. */
export const forgotten = (parameter: string): string =>
  `DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE id = ANY (${parameter}::uuid[]) FOR UPDATE SKIP LOCKED)`

const FORGET = { name: 'forget-messages', text: forgotten('$1') }

export async function forgetMessages(query: Query, messages: readonly string[]): Promise<void> {
  await query(FORGET, [messages])
}
