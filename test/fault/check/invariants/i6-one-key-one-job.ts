import { sqlRule, type Invariant } from '../invariant.ts'

/** After its day a key is free again: jobs that far apart may share it. */
const TWO_JOBS = `
  SELECT format('key %s of tenant %s was answered with %s jobs', a.key, a.tenant, count(DISTINCT a.job_id)) AS example, 1 AS n
  FROM recorded_accepted a LEFT JOIN jobs j ON j.tenant_id = a.tenant_id AND j.id = a.job_id
  GROUP BY a.tenant, a.key
  HAVING count(DISTINCT a.job_id) > 1 AND coalesce(max(j.created_at) - min(j.created_at) < interval '24 hours', true)`

const TWO_BODIES = `
  SELECT format('job %s was answered for %s different bodies', job_id, count(DISTINCT fingerprint)) AS example, 1 AS n
  FROM recorded_accepted GROUP BY job_id HAVING count(DISTINCT fingerprint) > 1`

const OTHER_OWNER = `
  SELECT format('key %s of tenant %s belongs to job %s, which was never its answer', k.key, k.tenant_id, k.job_id) AS example, 1 AS n
  FROM idempotency_keys k
  WHERE EXISTS (SELECT FROM recorded_accepted a WHERE a.tenant_id = k.tenant_id AND a.key = k.key)
    AND NOT EXISTS (SELECT FROM recorded_accepted a WHERE a.tenant_id = k.tenant_id AND a.key = k.key AND a.job_id = k.job_id)`

/** A conflicting repeat that was let in shows as a second job or a second body; refused with 422 it leaves no trace. */
export const oneKeyOneJob: Invariant = {
  id: 'I6',
  what: 'One idempotency key means one job and one body',
  rules: [
    sqlRule('a key with two jobs', TWO_JOBS, { needs: ['recorder'] }),
    sqlRule('a job with two bodies', TWO_BODIES, { needs: ['recorder'] }),
    sqlRule('a key of another job than its answers named', OTHER_OWNER, { needs: ['recorder'] }),
  ],
}
