import type { StageRegistry } from '@stageline/engine/ports'
import type { Query } from '../database.ts'

/** What is open stays as it is: outcomes of steps that were in flight come late. Only the prober opens it again. */
const OPEN = {
  name: 'open-breaker',
  text: `UPDATE stages SET breaker = 'open', breaker_by = $2, breaker_code = $3, breaker_reason = $4,
      breaker_times = CASE breaker WHEN 'closed' THEN 1 ELSE breaker_times + 1 END,
      breaker_since = CASE breaker WHEN 'closed' THEN stageline_now() ELSE breaker_since END,
      next_probe_at = stageline_now() + interval '1 ms' * (1 + 0.2 * random())
        * least($6::float8, $5::float8 * 2 ^ least(30, CASE breaker WHEN 'closed' THEN 0 ELSE breaker_times END)),
      probe_by = NULL, probe_until = NULL
    WHERE stage = $1 AND (breaker = 'closed' OR (breaker = 'half_open' AND probe_by = $2))
    RETURNING breaker_times AS times`,
}

/** Assignments that close a breaker; `by` is SQL. */
export const closed = (
  by: string,
): string => `breaker = 'closed', breaker_by = ${by}, breaker_code = NULL, breaker_reason = NULL,
  breaker_since = stageline_now(), breaker_times = 0, next_probe_at = NULL, probe_by = NULL, probe_until = NULL,
  release_waiting = true`

const CLOSE = {
  name: 'close-breaker',
  text: `UPDATE stages SET ${closed('$2')} WHERE stage = $1 AND breaker = 'half_open' AND probe_by = $2 RETURNING 1`,
}

type Hold = Parameters<StageRegistry['openBreaker']>[1]

export async function openBreaker(
  query: Query,
  stage: string,
  { workerId, code, reason, baseMs, maxMs }: Hold,
): Promise<number | undefined> {
  const [row] = await query<{ times: number }>(OPEN, [stage, workerId, code, reason, baseMs, maxMs])
  return row?.times
}

export async function closeBreaker(query: Query, stage: string, workerId: string): Promise<boolean> {
  return (await query(CLOSE, [stage, workerId])).length > 0
}
