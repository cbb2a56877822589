import { effectiveRetryPlan, retryDelayMs } from '@stageline/domain'
import { DEFINITION } from './job-mix.ts'
import type { Rig } from './start-rig.ts'

/** For rigs whose history shall be compared with the clock of the server. */
export const COMMIT_TIMES = { track_commit_timestamp: 'on' }

type Retry = { job: string; step: string; attempt: number; waitedMs: number }

/** By the commits of both entries: nothing of it comes from the clock of a process. */
const RETRIES = `
  SELECT job_id AS job, step, attempt, extract(epoch FROM next - this)::float8 * 1000 AS "waitedMs"
  FROM (
    SELECT job_id, step, attempt, path[cardinality(path)] AS state, pg_xact_commit_timestamp(xid::xid) AS this,
      pg_xact_commit_timestamp((lead(xid) OVER entries)::xid) AS next, lead(path[1]) OVER entries AS followed
    FROM history WHERE step IS NOT NULL
    WINDOW entries AS (PARTITION BY job_id, step ORDER BY seq)
  ) e WHERE state = 'retrying' AND followed = 'queued' AND this > $1`

/** How far each retry since then was from its time, ms; below 0: too early. */
export async function retryDriftsMs(rig: Rig, since: Date): Promise<number[]> {
  const plan = effectiveRetryPlan(DEFINITION.retry)
  const retries = await rig.admin.query<Retry>(RETRIES, [since])
  return retries.map(({ job, step, attempt, waitedMs }) => {
    const dueMs = retryDelayMs(plan, 'transient', attempt, `${job}/${step}/${attempt}`)
    return Math.round(waitedMs - dueMs)
  })
}

/** How far the time of an entry since then is from that of its commit at most, ms. */
export async function furthestEntryMs(rig: Rig, since: Date): Promise<number> {
  const [row] = await rig.admin.query<{ ms: number }>(
    `SELECT coalesce(max(abs(extract(epoch FROM at - commit))), 0)::float8 * 1000 AS ms
     FROM (SELECT at, pg_xact_commit_timestamp(xid::xid) AS commit FROM history) h WHERE commit > $1`,
    [since],
  )
  return Math.round(row!.ms)
}
