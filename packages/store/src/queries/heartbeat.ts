import type { StageHold } from '@stageline/engine/ports'
import { PROBE_LEASE_MS } from '@stageline/engine/ports'
import type { Query } from '../database.ts'

/**
 * One second's question and answer; a worker whose row was cleared away after a long silence is not put back by it. Of
 * all workers that ask while a probe is due, the lock of the row lets one have it; its own heartbeats keep it, or give it up.
 */
const HEARTBEAT = {
  name: 'heartbeat',
  steady: true,
  text: `WITH seen AS (UPDATE stage_workers SET seen_at = stageline_now() WHERE stage = $1 AND worker_id = $2),
  probe AS (
    UPDATE stages SET breaker = 'half_open', next_probe_at = NULL, probe_by = $2, probe_until = stageline_now() + $4::float8 * interval '1 ms'
    WHERE stage = $1 AND $3 AND NOT (paused AND (paused_until IS NULL OR paused_until > stageline_now())) AND (
      (breaker = 'open' AND next_probe_at <= stageline_now())
      OR (breaker = 'half_open' AND (probe_by = $2 OR probe_until <= stageline_now())))
    RETURNING 1
  ), given_up AS (
    UPDATE stages SET probe_until = stageline_now() WHERE stage = $1 AND NOT $3 AND breaker = 'half_open' AND probe_by = $2
  )
  SELECT paused AND (paused_until IS NULL OR paused_until > stageline_now()) AS paused, breaker,
    EXISTS (SELECT FROM probe) AS probing,
    coalesce(greatest(0, extract(epoch FROM limited_until - stageline_now()) * 1000), 0)::float8 AS "limitedMs",
    coalesce(greatest(0, extract(epoch FROM coalesce(next_probe_at, probe_until) - stageline_now()) * 1000), 0)::float8 AS "probeInMs"
  FROM stages WHERE stage = $1`,
}

const FREE: StageHold = { paused: false, limitedMs: 0, breaker: 'closed', probeInMs: 0, probing: false }

export async function heartbeat(
  query: Query,
  { stage, workerId, mayProbe }: { stage: string; workerId: string; mayProbe: boolean },
): Promise<StageHold> {
  const [row] = await query<StageHold>(HEARTBEAT, [stage, workerId, mayProbe, PROBE_LEASE_MS])
  return row ?? FREE
}
