import { sqlRule, type Invariant } from '../invariant.ts'

const UNWATCHED = `
  SELECT format('job %s: %s is queued, and nobody will look for its message', j.id, s.key) AS example, 1 AS n
  FROM jobs j CROSS JOIN LATERAL jsonb_each(j.steps) AS s
  WHERE j.finished_at IS NULL AND s.value ->> 's' = 'queued'
    AND NOT EXISTS (SELECT FROM messages m WHERE m.id = (s.value ->> 'm')::uuid AND j.id = ANY (m.jobs))`

const TIMELESS = `
  SELECT format('job %s: %s is %s until %s, and nobody will see to it', j.id, s.key, s.value ->> 's', s.value ->> 'u') AS example, 1 AS n
  FROM jobs j CROSS JOIN LATERAL jsonb_each(j.steps) AS s
  WHERE j.due_at IS NULL AND j.finished_at IS NULL AND s.value ? 'u'`

const UNLOOKED = `
  SELECT format('message %s to %s since %s', id, stage, check_at) AS example, 1 AS n
  FROM messages WHERE check_at < stageline_now() - $1 * interval '1 ms'`

const OVERDUE = `
  SELECT format('job %s (%s) since %s', id, state, due_at) AS example, 1 AS n
  FROM jobs WHERE due_at < stageline_now() - $1 * interval '1 ms'`

/** The repair and the dispatcher push these times on whenever they look; an old one means that nobody does. */
export const nothingIsOverlooked: Invariant = {
  id: 'I7',
  what: 'Nothing queued or due is left without anybody looking after it',
  rules: [
    sqlRule('a queued step that nobody will look for', UNWATCHED),
    sqlRule('a timer that nobody will see', TIMELESS),
    sqlRule('a queued step that nobody looked for', UNLOOKED, { values: ({ overdueMs }) => [overdueMs] }),
    sqlRule('a timer that nobody saw', OVERDUE, { values: ({ overdueMs }) => [overdueMs] }),
  ],
}
