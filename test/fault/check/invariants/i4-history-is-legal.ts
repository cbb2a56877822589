import { JOB_EDGES, STEP_EDGES } from '@stageline/domain'
import { sqlRule, type Invariant } from '../invariant.ts'

const pairs = (edges: Readonly<Record<string, readonly string[]>>): string[] =>
  Object.entries(edges).flatMap(([from, all]) => all.map((to) => `${from}>${to}`))

const STEP_PAIRS = pairs(STEP_EDGES)
const JOB_PAIRS = pairs(JOB_EDGES)
/** A claim and a timer that has come move a step without an entry of their own: the step's next entry tells of it. */
const UNTOLD_PAIRS = ['queued>processing', 'retrying>processing', 'waiting>processing']

const illegal = (walk: string): string =>
  `EXISTS (SELECT FROM generate_series(2, cardinality(${walk})) AS i WHERE ${walk}[i - 1] || '>' || ${walk}[i] <> ALL ($1))`

const GAPS = `
  SELECT format('job %s has %s entries, the last is %s, its row counts %s', j.id, coalesce(h.entries, 0), coalesce(h.last, 0), j.seq) AS example, 1 AS n
  FROM jobs j LEFT JOIN (SELECT tenant_id, job_id, count(*) AS entries, max(seq) AS last FROM history GROUP BY tenant_id, job_id) h
    ON h.tenant_id = j.tenant_id AND h.job_id = j.id
  WHERE h.entries IS DISTINCT FROM j.seq OR h.last IS DISTINCT FROM j.seq`

/** There are few ways through the states: each is judged once. */
const STEP_WALKS = `
  SELECT format('%s (job %s)', array_to_string(walk, ' > '), job) AS example, n
  FROM (
    SELECT walk, count(*) AS n, min(job_id::text) AS job FROM (
      SELECT job_id, lag(path[cardinality(path)], 1, 'pending') OVER (PARTITION BY tenant_id, job_id, step ORDER BY seq) || path AS walk
      FROM history WHERE step IS NOT NULL AND path <> '{}'
    ) walked GROUP BY walk
  ) kinds WHERE ${illegal('walk')}`

const JOB_WALKS = `
  SELECT format('%s, then from %s to %s (job %s)', last_to, job_from, job_to, job) AS example, n
  FROM (
    SELECT last_to, job_from, job_to, same_change, count(*) AS n, min(job_id::text) AS job FROM (
      SELECT job_id, job_from, job_to, lag(job_to, 1, 'created') OVER entries AS last_to,
        coalesce((xid, job_from, job_to) = (lag(xid) OVER entries, lag(job_from) OVER entries, lag(job_to) OVER entries), false) AS same_change
      FROM history WINDOW entries AS (PARTITION BY tenant_id, job_id ORDER BY seq)
    ) linked GROUP BY last_to, job_from, job_to, same_change
  ) kinds
  WHERE NOT (job_from = job_to OR job_from || '>' || job_to = ANY ($1))
    OR NOT (same_change OR job_from = last_to OR last_to || '>' || job_from = ANY ($2))`

const STEP_ENDS = `
  SELECT format('step %s of job %s stands as %s, its history ends %s', key, job_id, state, array_to_string(walk, ' > ')) AS example, 1 AS n
  FROM (
    SELECT coalesce(r.job_id, h.job_id) AS job_id, coalesce(r.key, h.step) AS key, coalesce(r.state, 'nothing') AS state,
      coalesce(h.state, 'pending') || coalesce(r.entered, '{}') AS walk
    FROM (
      SELECT j.tenant_id, j.id AS job_id, s.key, coalesce(s.value ->> 's', 'pending') AS state,
        ARRAY(SELECT e ->> 0 FROM jsonb_array_elements(s.value -> 'e') AS e) AS entered
      FROM jobs j CROSS JOIN LATERAL jsonb_each(j.steps) AS s
    ) r FULL JOIN (
      SELECT DISTINCT ON (tenant_id, job_id, step) tenant_id, job_id, step, path[cardinality(path)] AS state
      FROM history WHERE step IS NOT NULL AND path <> '{}' ORDER BY tenant_id, job_id, step, seq DESC
    ) h ON h.tenant_id = r.tenant_id AND h.job_id = r.job_id AND h.step = r.key
  ) ends WHERE walk[cardinality(walk)] <> state OR ${illegal('walk')}`

const JOB_ENDS = `
  SELECT format('job %s stands as %s, its history ends with %s', j.id, j.state, h.job_to) AS example, 1 AS n
  FROM jobs j JOIN history h ON h.tenant_id = j.tenant_id AND h.job_id = j.id AND h.seq = j.seq
  WHERE h.job_to <> j.state AND h.job_to || '>' || j.state <> ALL ($1)`

const SEALS = `
  SELECT format('job %s: its history is no longer what was sealed', id) AS example, 1 AS n
  FROM jobs WHERE seal IS NOT NULL AND seal IS DISTINCT FROM history_hash(tenant_id, id, seal)`

const BACKWARDS = `
  SELECT format('job %s, entry %s of %s comes after one of %s', job_id, seq, at, before) AS example, 1 AS n
  FROM (
    SELECT job_id, seq, at, times, lag(at) OVER (PARTITION BY tenant_id, job_id ORDER BY seq) AS before FROM history
  ) h
  WHERE at < before - $1 * interval '1 ms'
    OR EXISTS (SELECT FROM generate_series(2, cardinality(times)) AS i WHERE times[i] < times[i - 1] - $1 * interval '1 ms')`

/** The edges are those of `packages/domain/src/states.ts`: what the database lets in is judged by another judge. */
export const historyIsLegal: Invariant = {
  id: 'I4',
  what: 'Histories are whole, legal, sealed, and end where their rows stand',
  rules: [
    sqlRule('a gap, or entries that the row does not count', GAPS),
    sqlRule('an illegal way of a step', STEP_WALKS, { values: () => [STEP_PAIRS] }),
    sqlRule('an illegal way of a job', JOB_WALKS, { values: () => [JOB_PAIRS, UNTOLD_PAIRS] }),
    sqlRule('a step whose row says otherwise', STEP_ENDS, { values: () => [STEP_PAIRS] }),
    sqlRule('a job whose row says otherwise', JOB_ENDS, { values: () => [UNTOLD_PAIRS] }),
    sqlRule('a broken seal', SEALS),
    sqlRule('a time that goes back', BACKWARDS, { values: ({ clockSlackMs }) => [clockSlackMs] }),
  ],
}
