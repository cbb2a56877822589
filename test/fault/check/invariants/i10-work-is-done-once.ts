import type { Found, Invariant, Look } from '../invariant.ts'

/** Each entry into `processing` is one execution that counted; calls beyond them were made by executions that did not. */
const EXECUTIONS = `
  SELECT (SELECT coalesce(sum(n), 0) FROM tries)::float8 AS executions,
    coalesce(sum(greatest(c.n - coalesce(t.n, 0), 0)), 0)::float8 AS duplicates,
    (SELECT count(*) FROM recorded_faults)::float8 AS faults
  FROM (SELECT key, count(*) AS n FROM recorded_calls GROUP BY key) c
  LEFT JOIN tries t ON t.key = c.key`

const TRIES = `WITH tries AS MATERIALIZED (
    SELECT key, sum(n) AS n FROM (
      SELECT job_id || '/' || step AS key, cardinality(array_positions(path, 'processing')) AS n
      FROM history WHERE path @> '{processing}'
      UNION ALL
      SELECT j.id || '/' || s.key, (SELECT count(*) FROM jsonb_array_elements(s.value -> 'e') AS e WHERE e ->> 0 = 'processing')
      FROM jobs j CROSS JOIN LATERAL jsonb_each(j.steps) AS s WHERE s.value ? 'e'
    ) entered GROUP BY key
  )`

async function duplicates({ query }: Look): Promise<Found> {
  const [row] = await query<{ executions: number; duplicates: number; faults: number }>(`${TRIES} ${EXECUTIONS}`)
  const { executions, duplicates: duplicateExecutions, faults } = row!
  const figures = { executions: executions + duplicateExecutions, duplicateExecutions }
  if (faults > 0 || duplicateExecutions === 0) return { count: 0, examples: [], figures }
  return { count: duplicateExecutions, examples: [`${duplicateExecutions} calls beyond the tries on record`], figures }
}

/** What a fault costs is told, not forbidden: the effects are guarded by the others. */
export const workIsDoneOnce: Invariant = {
  id: 'I10',
  what: 'Without faults nothing is executed twice',
  rules: [{ name: 'a call by an execution that did not count', needs: ['recorder'], find: duplicates }],
}
