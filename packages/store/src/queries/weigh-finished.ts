import type { FinishedWeight } from '@stageline/engine/ports'
import type { Query } from '../database.ts'

/** So many places in the time of all finished jobs are looked at, and so many jobs from each on. */
const [PLACES, JOBS_EACH] = [20, 10]

/** By the counters; when the newest archive was made, by the key. */
const COUNT = {
  name: 'count-finished',
  text: `SELECT coalesce((SELECT sum(delta) FROM counters
      WHERE tenant_id = $1 AND kind = 'job' AND state IN ('completed', 'cancelled')), 0)::bigint AS jobs,
    (SELECT extract(epoch FROM stageline_now() - created_at) * 1000 FROM archives WHERE tenant_id = $1
      ORDER BY id DESC LIMIT 1)::float8 AS "sinceArchiveMs"`,
}

/**
 * Bytes of the rows of a job in this state, values unpacked, indexes left out. Places lie evenly between the oldest and the
 * newest of them: ids begin with their time, which may be a little before that of their row.
 */
const SAMPLE = {
  name: 'sample-finished',
  text: `WITH ends AS (
      SELECT (SELECT created_at FROM jobs WHERE tenant_id = $1 AND state = $2 ORDER BY id LIMIT 1) AS oldest,
        (SELECT created_at FROM jobs WHERE tenant_id = $1 AND state = $2 ORDER BY id DESC LIMIT 1) AS newest
    ), sample AS MATERIALIZED (
      SELECT DISTINCT j.id FROM ends CROSS JOIN generate_series(0, ${PLACES - 1}) AS n CROSS JOIN LATERAL (
        SELECT id FROM jobs WHERE tenant_id = $1 AND state = $2
          AND id >= first_id_of(oldest - interval '1 minute' + (newest - oldest) * n / ${PLACES}) ORDER BY id LIMIT ${JOBS_EACH}) j
    ) SELECT avg((SELECT pg_column_size(j.*) FROM jobs j WHERE j.tenant_id = $1 AND j.id = s.id)
      + coalesce((SELECT sum(pg_column_size(p.*)) FROM payloads p WHERE p.tenant_id = $1 AND p.job_id = s.id), 0)
      + coalesce((SELECT sum(pg_column_size(h.*)) FROM history h WHERE h.tenant_id = $1 AND h.job_id = s.id), 0)
      + coalesce((SELECT sum(pg_column_size(d.*)) FROM decisions d WHERE d.tenant_id = $1 AND d.job_id = s.id), 0))::float8 AS bytes
    FROM sample s`,
}

export async function weighFinished(query: Query, tenantId: string, withBytes: boolean): Promise<FinishedWeight> {
  const [count] = await query<Omit<FinishedWeight, 'bytesEach'>>(COUNT, [tenantId])
  const sample = async (state: string) =>
    (await query<{ bytes: number | null }>(SAMPLE, [tenantId, state]))[0]?.bytes ?? null
  const bytesEach = withBytes ? ((await sample('completed')) ?? (await sample('cancelled'))) : null
  return { ...count!, bytesEach }
}
