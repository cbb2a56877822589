import { sqlRule, type Invariant } from '../invariant.ts'

const COMPLETIONS = `
  SELECT tenant_id, job_id, step, sum(cardinality(array_positions(path, 'completed'))) AS n
  FROM history WHERE step IS NOT NULL AND path @> '{completed}' GROUP BY tenant_id, job_id, step`

const TWICE = `
  SELECT format('step %s of job %s was completed %s times', step, job_id, n) AS example, 1 AS n
  FROM (${COMPLETIONS}) c WHERE n > 1`

const UNTOLD = `
  SELECT format('step %s of job %s stands as completed, and its history does not say so', s.key, j.id) AS example, 1 AS n
  FROM jobs j CROSS JOIN LATERAL jsonb_each(j.steps) AS s
  LEFT JOIN (${COMPLETIONS}) c ON c.tenant_id = j.tenant_id AND c.job_id = j.id AND c.step = s.key
  WHERE s.value ->> 's' = 'completed' AND c.n IS NULL`

const STRANGE_KEYS = `
  SELECT format('a call came with Idempotency-Key %s', c.key) AS example, c.n
  FROM (SELECT key, count(*) AS n FROM recorded_calls GROUP BY key) c
  LEFT JOIN jobs j ON j.id::text = split_part(c.key, '/', 1) AND j.steps ? substr(c.key, length(split_part(c.key, '/', 1)) + 2)
  WHERE j.id IS NULL`

/** `completed` is never left, so that a step completes once, however often it was delivered, tried or retried by hand. */
export const effectsHappenOnce: Invariant = {
  id: 'I3',
  what: 'Each step completes once, and calls outside under one key',
  rules: [
    sqlRule('a step that was completed more than once', TWICE),
    sqlRule('a completed step that was never recorded', UNTOLD),
    sqlRule('a call under another key than job/step', STRANGE_KEYS, { needs: ['recorder'] }),
  ],
}
