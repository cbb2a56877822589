import { MOST_JOBS } from '@stageline/engine/ports'

/**
 * The newest jobs of a tenant ($1) from an id on ($2), by the primary key. Their history is read job by job: `OFFSET 0`
 * keeps the planner from joining all of it.
 */
export const COHORT = `cohort AS MATERIALIZED (
    SELECT id, state, created_at, finished_at FROM jobs WHERE tenant_id = $1 AND id >= $2 ORDER BY id DESC LIMIT ${MOST_JOBS}
  )`

export const ITS_HISTORY = `cohort c CROSS JOIN LATERAL (
      SELECT seq, at, step, stage, path, times, failure FROM history WHERE tenant_id = $1 AND job_id = c.id OFFSET 0) h`
