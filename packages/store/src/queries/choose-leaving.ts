import type { ChosenJobs, LeavingChoice, LeavingJob, RetentionTurn } from '@stageline/engine/ports'
import type { Query } from '../database.ts'

/** Jobs that are looked at in one statement; those that must stay are passed by for this round. */
const SCAN = 2_000
/** Entries of their histories that leave at a time, so that no commit takes long; and bytes of one job, which is one line. */
const [MOST_ENTRIES, MOST_BYTES] = [20_000, 64_000_000]

/** A job ends after it was made: its id bounds what is looked at, and an index has the ids of each state in order. */
const oldest = (state: string, forMs: string): string => `(
      SELECT id, batch_id, seq FROM jobs
      WHERE tenant_id = $1 AND state = '${state}' AND seal IS NOT NULL AND ($2::uuid IS NULL OR id > $2)
        AND id < first_id_of(stageline_now() - ${forMs} * interval '1 ms') AND finished_at <= stageline_now() - ${forMs} * interval '1 ms'
      ORDER BY id LIMIT ${SCAN})`

/**
 * `place`: what every reader has passed; after a restore nobody has, until each has begun anew. The scalar subqueries go
 * by the key of each job: as joins they would read the tables.
 */
const CHOOSE = {
  name: 'choose-leaving',
  text: `WITH place AS MATERIALIZED (
      SELECT CASE WHEN c.epoch = e.epoch THEN c.xid ELSE '0' END AS xid, c.subject_id, c.seq
      FROM (SELECT * FROM trigger_cursors UNION ALL SELECT * FROM webhook_cursors) c, record_epoch e
      WHERE c.stream = 'jobs' ORDER BY 1, 2, 3 LIMIT 1
    ), looked AS MATERIALIZED (
      SELECT * FROM (${oldest('completed', '$3::float8')} UNION ALL ${oldest('cancelled', '$4::float8')}) j ORDER BY id LIMIT ${SCAN}
    ), free AS MATERIALIZED (
      SELECT l.id, l.seq, sum(l.seq) OVER (ORDER BY l.id) AS entries,
        (SELECT coalesce(sum(pg_column_size(body)), 0) FROM payloads WHERE tenant_id = $1 AND job_id = l.id) + h.bytes AS bytes
      FROM looked l CROSS JOIN place CROSS JOIN LATERAL (
        SELECT bool_and((h.xid, h.job_id, h.seq) <= (place.xid, place.subject_id, place.seq)) AS is_read,
          coalesce(sum(pg_column_size(h.data)), 0) AS bytes
        FROM history h WHERE h.tenant_id = $1 AND h.job_id = l.id) h
      WHERE h.is_read
        AND NOT EXISTS (SELECT FROM tasks t WHERE t.tenant_id = $1 AND t.job_id = l.id AND t.state IN ('new', 'in_progress', 'blocked'))
        AND NOT EXISTS (SELECT FROM deliveries d WHERE d.tenant_id = $1 AND d.subject_id = l.id AND d.state = 'waiting')
        AND NOT EXISTS (SELECT FROM trigger_runs r WHERE r.tenant_id = $1 AND r.subject_id = l.id AND r.state = 'waiting')
        AND NOT EXISTS (SELECT FROM batch_runs b WHERE b.tenant_id = $1 AND b.id = l.batch_id AND b.finished_at IS NULL)
        AND NOT EXISTS (SELECT FROM bulk_actions a JOIN bulk_action_jobs b ON b.tenant_id = $1 AND b.bulk_action_id = a.id
          WHERE a.tenant_id = $1 AND a.finished_at IS NULL AND b.job_id = l.id AND b.outcome IS NULL)
        AND h.bytes <= ${MOST_BYTES}
    ), leaving AS (
      SELECT id, bytes FROM free WHERE entries <= ${MOST_ENTRIES} OR entries = seq ORDER BY id LIMIT $5
    ) SELECT coalesce((SELECT jsonb_agg(jsonb_build_object('id', id, 'bytes', bytes) ORDER BY id) FROM leaving), '[]') AS jobs,
      (SELECT count(*) FROM free) AS free, (SELECT id FROM looked ORDER BY id OFFSET ${SCAN - 1}) AS last`,
}

/** The oldest that nobody needs any more, from where the turn before came to. */
export async function chooseLeaving(
  query: Query,
  { tenantId, lookedTo }: RetentionTurn,
  { completedForMs, cancelledForMs, most }: LeavingChoice,
): Promise<ChosenJobs> {
  const values = [tenantId, lookedTo, completedForMs, cancelledForMs, most]
  const [row] = await query<{ jobs: LeavingJob[]; free: number; last: string | null }>(CHOOSE, values)
  const { jobs, free, last } = row!
  // As long as some are left here that may leave, the oldest are looked at again.
  return { jobs, lookedTo: jobs.length === free ? last : null }
}
