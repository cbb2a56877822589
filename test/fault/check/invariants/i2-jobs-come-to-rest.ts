import { isFinalJob, JOB_STATES, type StepState } from '@stageline/domain'
import { sqlRule, type Invariant } from '../invariant.ts'

const OPEN_JOBS = JOB_STATES.filter((state) => !isFinalJob(state))
/** Somebody must still do something about these. */
const MOVING: readonly StepState[] = ['queued', 'processing', 'waiting', 'retrying']
/** Here a job may rest. */
const RESTING: readonly StepState[] = ['suspended', 'failed']

const STEPS = `CROSS JOIN LATERAL (SELECT key, coalesce(value ->> 's', 'pending') AS state FROM jsonb_each(j.steps)) s`

const STUCK = `
  SELECT format('job %s (%s): %s', j.id, j.state, string_agg(s.key || ' is ' || s.state, ', ')) AS example, 1 AS n
  FROM jobs j ${STEPS}
  WHERE j.state = ANY ($1) AND s.state = ANY ($2)
  GROUP BY j.tenant_id, j.id`

const NOTHING_TO_WAIT_FOR = `
  SELECT format('job %s is %s, and so is none of its steps', j.id, j.state) AS example, 1 AS n
  FROM jobs j ${STEPS}
  WHERE j.state = ANY ($1)
  GROUP BY j.tenant_id, j.id HAVING NOT bool_or(s.state = ANY ($2))`

const FAILED_WITHOUT_LEAVE = `
  SELECT format('job %s: %s rests as failed, and workflow %s does not say so', j.id, s.key, j.workflow) AS example, 1 AS n
  FROM jobs j ${STEPS}
  JOIN workflow_versions v ON v.tenant_id = j.tenant_id AND v.key = j.workflow AND v.version = j.version
  WHERE s.state = 'failed' AND v.definition ->> 'onFailure' IS DISTINCT FROM 'fail'`

const NOBODY_ASKED = `
  SELECT format('job %s: %s is suspended with %s open tasks', j.id, s.key, count(t.id)) AS example, 1 AS n
  FROM jobs j ${STEPS}
  LEFT JOIN tasks t ON t.tenant_id = j.tenant_id AND t.job_id = j.id AND t.step = s.key AND t.state IN ('new', 'in_progress', 'blocked')
  WHERE j.state = ANY ($1) AND s.state = 'suspended'
  GROUP BY j.tenant_id, j.id, s.key HAVING count(t.id) <> 1`

/** Nothing is forgotten half-way. */
export const jobsComeToRest: Invariant = {
  id: 'I2',
  what: 'Every job ends, or rests with exactly one open task a suspended step',
  rules: [
    sqlRule('a job that goes nowhere', STUCK, { needs: ['quiesced'], values: () => [OPEN_JOBS, MOVING] }),
    sqlRule('an open job that nothing can move', NOTHING_TO_WAIT_FOR, {
      values: () => [OPEN_JOBS, [...MOVING, ...RESTING]],
    }),
    sqlRule('a failed step that should be retried or a task', FAILED_WITHOUT_LEAVE),
    sqlRule('a suspended step without exactly one open task', NOBODY_ASKED, { values: () => [OPEN_JOBS] }),
  ],
}
