import { sqlRule, type Invariant } from '../invariant.ts'

/** A value, not a join: the planner then joins what is left by their keys. */
const DEFINED = `(SELECT s.value FROM jsonb_array_elements(v.definition -> 'steps') AS s WHERE s.value ->> 'key' = t.step)`

/** The precedence of `effectiveRetryPlan`; stages and the environment are no part of the record. */
const BUDGET = `coalesce((j.retry ->> 'maxAttempts')::integer, (${DEFINED} -> 'retry' ->> 'maxAttempts')::integer,
  ($1::jsonb ->> (${DEFINED} ->> 'stage'))::integer, (v.definition -> 'retry' ->> 'maxAttempts')::integer, $2::integer)`

const OVER_BUDGET = `
  SELECT format('step %s of job %s was tried %s times, its budget is %s', step, job_id, tries, budget) AS example, 1 AS n
  FROM (
    SELECT t.step, t.job_id, t.tries, ${BUDGET} AS budget
    FROM (
      SELECT tenant_id, job_id, step, max(attempt) AS tries FROM (
        SELECT tenant_id, job_id, step, attempt FROM history WHERE attempt > 1
        UNION ALL
        SELECT j.tenant_id, j.id, s.key, (s.value ->> 'a')::integer FROM jobs j CROSS JOIN LATERAL jsonb_each(j.steps) AS s
        WHERE (s.value ->> 'a')::integer > 1
      ) tried GROUP BY tenant_id, job_id, step
    ) t
    JOIN jobs j ON j.tenant_id = t.tenant_id AND j.id = t.job_id
    JOIN workflow_versions v ON v.tenant_id = j.tenant_id AND v.key = j.workflow AND v.version = j.version
  ) budgeted WHERE tries > budget`

const IDLE_TASKS = `
  SELECT format('task %s is %s, and step %s of job %s is %s', t.id, t.state, t.step, t.job_id, coalesce(j.steps -> t.step ->> 's', 'pending')) AS example, 1 AS n
  FROM tasks t JOIN jobs j ON j.tenant_id = t.tenant_id AND j.id = t.job_id
  WHERE t.state IN ('new', 'in_progress', 'blocked') AND coalesce(j.steps -> t.step ->> 's', 'pending') <> 'suspended'`

const EXPECTED = `FROM (SELECT DISTINCT ON (job_id) * FROM recorded_accepted) a
  JOIN jobs j ON j.tenant_id = a.tenant_id AND j.id = a.job_id`

const INNOCENT_POISON = `
  SELECT format('task %s calls step %s of job %s poison', t.id, t.step, j.id) AS example, 1 AS n
  ${EXPECTED} JOIN tasks t ON t.tenant_id = j.tenant_id AND t.job_id = j.id
  WHERE a.expect = 'completed' AND t.cause = 'poison'`

const NOT_COMPLETED = `
  SELECT format('job %s should be completed and is %s', j.id, j.state) AS example, 1 AS n
  ${EXPECTED}
  WHERE a.expect = 'completed' AND j.state <> 'completed'
    AND NOT EXISTS (SELECT FROM jsonb_each(j.steps) AS s WHERE s.value ->> 's' IN ('queued', 'processing', 'waiting', 'retrying'))`

const NO_TASK = `
  SELECT format('job %s should have gone to a person and is %s', j.id, j.state) AS example, 1 AS n
  ${EXPECTED}
  WHERE a.expect = 'task' AND j.state IN ('completed', 'failed', 'suspended')
    AND NOT EXISTS (SELECT FROM tasks t WHERE t.tenant_id = j.tenant_id AND t.job_id = j.id)`

/** What is still under way when everything should be at rest is the second invariant's. */
export const triesAndTasksAreEarned: Invariant = {
  id: 'I5',
  what: 'No step is tried beyond its budget, and people get what is theirs alone',
  rules: [
    sqlRule('a step tried beyond its budget', OVER_BUDGET, {
      values: ({ stageAttempts, maxAttempts }) => [JSON.stringify(stageAttempts), maxAttempts],
    }),
    sqlRule('an open task whose step is not suspended', IDLE_TASKS),
    sqlRule('an innocent step taken for poison', INNOCENT_POISON, { needs: ['recorder'] }),
    sqlRule('a job that should have been completed', NOT_COMPLETED, { needs: ['recorder', 'quiesced'] }),
    sqlRule('a job that should have gone to a person', NO_TASK, { needs: ['recorder', 'quiesced'] }),
  ],
}
