import { sqlRule, type Invariant } from '../invariant.ts'

/** In a file, and found by its id. */
const hasLeft = (of: string): string => `EXISTS (SELECT FROM archives r
    WHERE r.tenant_id = ${of}.tenant_id AND r.first_job <= ${of}.job_id AND r.last_job >= ${of}.job_id AND ${of}.job_id = ANY (r.jobs))`

const PROMISED = `
  SELECT format('job %s, promised to tenant %s under key %s', a.job_id, a.tenant, a.key) AS example, 1 AS n
  FROM (SELECT DISTINCT ON (job_id) * FROM recorded_accepted) a
  LEFT JOIN jobs j ON j.tenant_id = a.tenant_id AND j.id = a.job_id
  WHERE j.id IS NULL AND NOT ${hasLeft('a')}`

const KEYS = `
  SELECT format('key %s of tenant %s answers with job %s', k.key, k.tenant_id, k.job_id) AS example, 1 AS n
  FROM idempotency_keys k LEFT JOIN jobs j ON j.tenant_id = k.tenant_id AND j.id = k.job_id
  WHERE j.id IS NULL AND NOT ${hasLeft('k')}`

/** A 2xx is a promise. */
export const acceptedJobsExist: Invariant = {
  id: 'I1',
  what: 'Every job that was answered for exists',
  rules: [
    sqlRule('a 2xx without its job', PROMISED, { needs: ['recorder'] }),
    sqlRule('an idempotency key without its job', KEYS),
  ],
}
