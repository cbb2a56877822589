import { DURATION_CLASSES } from '@stageline/domain'
import type { Query } from '../database.ts'

/**
 * No new revision: what is sealed is final. What automation was given counts for its source from then on: as failed where
 * automation gave it up or a person corrected it. What was cancelled otherwise proves nothing.
 * The hash is `history_hash` of the schema, without a call a job.
 * What ended is counted by the hour, too. A breach that is still to be told is part of the history.
 */
const SEAL = {
  name: 'seal-finished',
  text: `WITH complete AS MATERIALIZED (
    SELECT ctid AS at, tenant_id, job_id FROM unsealed u
    WHERE NOT EXISTS (SELECT FROM job_sla_records r
      WHERE r.tenant_id = u.tenant_id AND r.job_id = u.job_id AND r.state = 'running' AND r.stopped_at IS NOT NULL)
    LIMIT $1 FOR UPDATE SKIP LOCKED
  ), taken AS (
    DELETE FROM unsealed u USING complete c WHERE u.ctid = c.at
  ), hashed AS MATERIALIZED (
    SELECT c.tenant_id, c.job_id, '2:' || encode(sha256(h.entries), 'hex') AS hash
    FROM complete c CROSS JOIN LATERAL (
      SELECT string_agg(record_send(ROW(seq, at, event, step, stage, attempt, path, times, job_from, job_to, actor, reason,
        failure, data)), ''::bytea ORDER BY seq) AS entries
      FROM history WHERE tenant_id = c.tenant_id AND job_id = c.job_id) h
  ), sealed AS (
    UPDATE jobs j SET seal = c.hash FROM hashed c WHERE j.tenant_id = c.tenant_id AND j.id = c.job_id AND j.seal IS NULL
    RETURNING j.tenant_id, j.id, j.workflow, j.state, j.finished_at,
      greatest(extract(epoch FROM j.finished_at - j.created_at) * 1000, 1)::float8 AS took
  ), counted AS (
    INSERT INTO source_outcomes AS o (tenant_id, workflow, source, week, succeeded, failed)
    SELECT s.tenant_id, s.workflow, d.source, date_trunc('week', s.finished_at)::date,
      count(*) FILTER (WHERE NOT f.failed), count(*) FILTER (WHERE f.failed)
    FROM sealed s
    CROSS JOIN LATERAL (SELECT decision #>> '{factors,source}' AS source FROM decisions
      WHERE tenant_id = s.tenant_id AND job_id = s.id AND step IS NULL AND route = 'automation' LIMIT 1) d
    CROSS JOIN LATERAL (SELECT
      EXISTS (SELECT FROM automation_failures WHERE tenant_id = s.tenant_id AND job_id = s.id)
      OR EXISTS (SELECT FROM tasks WHERE tenant_id = s.tenant_id AND job_id = s.id AND corrections <> '[]') AS failed) f
    WHERE d.source IS NOT NULL AND (s.state = 'completed' OR f.failed)
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (tenant_id, workflow, source, week)
      DO UPDATE SET succeeded = o.succeeded + excluded.succeeded, failed = o.failed + excluded.failed
  ), timed AS (
    INSERT INTO hourly_outcomes AS o (tenant_id, hour, workflow, state, class, jobs, total_ms)
    SELECT tenant_id, date_trunc('hour', finished_at, 'UTC'), workflow, state,
      floor(${DURATION_CLASSES} * ln(took) / ln(2.0::float8))::smallint, count(*), sum(took)::bigint
    FROM sealed GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (tenant_id, hour, workflow, state, class)
      DO UPDATE SET jobs = o.jobs + excluded.jobs, total_ms = o.total_ms + excluded.total_ms
  ) SELECT count(*) AS sealed FROM sealed`,
}

export async function sealFinished(query: Query, limit: number): Promise<number> {
  const [row] = await query<{ sealed: number }>(SEAL, [limit])
  return row?.sealed ?? 0
}
