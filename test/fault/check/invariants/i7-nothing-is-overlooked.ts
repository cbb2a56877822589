import { sqlRule, type Invariant } from '../invariant.ts'

const UNWATCHED = `
  SELECT format('job %s: %s is queued, and nobody will look for its message', j.id, s.key) AS example, 1 AS n
  FROM jobs j CROSS JOIN LATERAL jsonb_each(j.steps) AS s
  WHERE j.check_at IS NULL AND j.finished_at IS NULL AND s.value ->> 's' = 'queued'`

const TIMELESS = `
  SELECT format('job %s: %s is %s until %s, and nobody will see to it', j.id, s.key, s.value ->> 's', s.value ->> 'u') AS example, 1 AS n
  FROM jobs j CROSS JOIN LATERAL jsonb_each(j.steps) AS s
  WHERE j.due_at IS NULL AND j.finished_at IS NULL AND s.value ? 'u'`

const overdue = (column: string): string => `
  SELECT format('job %s (%s) since %s', id, state, ${column}) AS example, 1 AS n
  FROM jobs WHERE ${column} < stageline_now() - $1 * interval '1 ms'`

/** The repair and the dispatcher push these times on whenever they look; an old one means that nobody does. */
export const nothingIsOverlooked: Invariant = {
  id: 'I7',
  what: 'Nothing queued or due is left without anybody looking after it',
  rules: [
    sqlRule('a queued step that nobody will look for', UNWATCHED),
    sqlRule('a timer that nobody will see', TIMELESS),
    sqlRule('a queued step that nobody looked for', overdue('check_at'), { values: ({ overdueMs }) => [overdueMs] }),
    sqlRule('a timer that nobody saw', overdue('due_at'), { values: ({ overdueMs }) => [overdueMs] }),
  ],
}
