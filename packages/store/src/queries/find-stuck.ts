import type { StuckJobs } from '@stageline/engine/ports'
import type { Query } from '../database.ts'

/** Of each tenant and state, as the list of stuck steps has it. */
const OLDEST = 1_000
const MOST_FOUND = 100

/**
 * Every tenant has workflows: the built-in ones. Ids begin with the milliseconds of their making, so that jobs too young
 * to be stuck are not even looked at, and on a line that moves there are no others.
 */
const SELECT = {
  name: 'find-stuck',
  text: `WITH moment AS MATERIALIZED (
      SELECT at, (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('f', 20))::uuid AS id
      FROM (SELECT stageline_now() - $1 * interval '1 ms') AS m(at)
    )
    SELECT t.tenant_id AS "tenantId", j.workflow, count(*)::int AS jobs, min(j.updated_at) AS since,
      (array_agg(j.id ORDER BY j.updated_at, j.id))[1] AS "oldestJobId"
    FROM (SELECT DISTINCT tenant_id FROM workflows) t CROSS JOIN unnest('{queued,processing}'::text[]) AS s(state)
    CROSS JOIN LATERAL (SELECT id, workflow, updated_at FROM jobs
      WHERE tenant_id = t.tenant_id AND state = s.state AND id <= (SELECT id FROM moment) ORDER BY id LIMIT ${OLDEST}) j
    WHERE j.updated_at < (SELECT at FROM moment)
    GROUP BY t.tenant_id, j.workflow ORDER BY jobs DESC, t.tenant_id, j.workflow LIMIT ${MOST_FOUND}`,
}

/** Jobs that should move and have not for so long; what a timer or a person will move is not stuck. */
export const findStuck = (query: Query, stuckMs: number): Promise<StuckJobs[]> => query<StuckJobs>(SELECT, [stuckMs])
