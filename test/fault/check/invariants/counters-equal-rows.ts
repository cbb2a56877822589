import { sqlRule, type Invariant } from '../invariant.ts'

const JOBS = `SELECT tenant_id, workflow, '' AS subject, state, count(*) AS n FROM jobs GROUP BY tenant_id, workflow, state
  UNION ALL SELECT tenant_id, '', '', 'archived', sum(cardinality(jobs)) FROM archives GROUP BY tenant_id`

const BATCHES = `SELECT tenant_id, workflow, batch_id::text AS subject, state, count(*) AS n FROM jobs
  WHERE batch_id IS NOT NULL GROUP BY tenant_id, workflow, batch_id, state`

const STEPS = `SELECT j.tenant_id, j.workflow, coalesce(d.stage, s.key) AS subject, s.value ->> 's' AS state, count(*) AS n
  FROM jobs j CROSS JOIN LATERAL jsonb_each(j.steps) AS s
  LEFT JOIN (
    SELECT v.tenant_id, v.key, v.version, s.value ->> 'key' AS step, s.value ->> 'stage' AS stage
    FROM workflow_versions v CROSS JOIN LATERAL jsonb_array_elements(v.definition -> 'steps') AS s
  ) d ON d.tenant_id = j.tenant_id AND d.key = j.workflow AND d.version = j.version AND d.step = s.key
  WHERE s.value ? 's'
  GROUP BY 1, 2, 3, 4`

/** What a batch came to is counted wherever its jobs are by now. */
const LEFT = `state IN ('completed', 'cancelled') AND c.n > coalesce(r.n, 0) AND EXISTS (SELECT FROM archives a WHERE a.tenant_id = c.tenant_id)`

const differs = (kind: string, rows: string, unless = 'false'): string => `
  SELECT format('${kind} of %s %s that are %s: counted %s, there are %s', workflow, subject, state, coalesce(c.n, 0), coalesce(r.n, 0)) AS example, 1 AS n
  FROM (
    SELECT tenant_id, workflow, subject, state, sum(delta) AS n FROM counters WHERE kind = '${kind}'
    GROUP BY tenant_id, workflow, subject, state HAVING sum(delta) <> 0
  ) c FULL JOIN (${rows}) r USING (tenant_id, workflow, subject, state)
  WHERE c.n IS DISTINCT FROM r.n AND NOT (${unless})`

/** Counts are written with what they count, so that they are never a scan and never wrong. */
export const countersEqualRows: Invariant = {
  id: 'C1',
  what: 'Counters equal what they count',
  rules: [
    sqlRule('a count of jobs', differs('job', JOBS)),
    sqlRule('a count of steps', differs('step', STEPS)),
    sqlRule('a count of a batch', differs('batch', BATCHES, LEFT)),
  ],
}
