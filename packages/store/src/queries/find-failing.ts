import type { FailingWorkflow, FailureLimit } from '@stageline/engine/ports'
import type { Query } from '../database.ts'

/** Failures of all tenants that are looked at, the newest. */
const MOST_FAILURES = 50_000
const MOST_FOUND = 100

/**
 * Failures since an hour began, against what completed since then: only workflows with failures enough are looked up. A
 * job that a person completed afterwards counts on both sides.
 */
const SELECT = {
  name: 'find-failing',
  text: `WITH since AS MATERIALIZED (
      SELECT date_trunc('hour', stageline_now(), 'UTC') - $1::integer * interval '1 hour' AS hour
    ), failed AS (
      SELECT tenant_id, workflow, count(*)::int AS failed FROM (
        SELECT tenant_id, workflow FROM automation_failures WHERE at >= (SELECT hour FROM since)
        ORDER BY at DESC LIMIT ${MOST_FAILURES}) newest
      GROUP BY tenant_id, workflow HAVING count(*) >= $2::integer
    )
    SELECT f.tenant_id AS "tenantId", f.workflow, f.failed, c.completed, $1::integer AS hours
    FROM failed f CROSS JOIN LATERAL (
      SELECT coalesce(sum(o.jobs), 0)::int AS completed FROM hourly_outcomes o
      WHERE o.tenant_id = f.tenant_id AND o.hour >= (SELECT hour FROM since) AND o.workflow = f.workflow
        AND o.state = 'completed') c
    WHERE f.failed >= $3::numeric * (f.failed + c.completed)
    ORDER BY f.failed DESC, f.tenant_id, f.workflow LIMIT ${MOST_FOUND}`,
}

export const findFailing = (query: Query, { hours, atLeast, share }: FailureLimit): Promise<FailingWorkflow[]> =>
  query<FailingWorkflow>(SELECT, [hours, atLeast, share])
