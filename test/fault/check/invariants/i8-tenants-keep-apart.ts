import { sqlRule, type Invariant } from '../invariant.ts'

const MARKERS = `(SELECT DISTINCT tenant_id, marker FROM recorded_accepted) m`

const ANSWERED = `
  SELECT format('tenant %s was answered with marker %s of tenant %s', a.tenant, a.marker, m.tenant_id) AS example, 1 AS n
  FROM recorded_answers a JOIN ${MARKERS} ON m.marker = a.marker
  WHERE a.tenant_id IS DISTINCT FROM m.tenant_id
    AND NOT EXISTS (SELECT FROM recorded_accepted own WHERE own.tenant_id = a.tenant_id AND own.marker = a.marker)`

const stored = (table: string, column: string): string => `
  SELECT format('a row of ${table} for job %s of tenant %s holds marker %s of tenant %s', r.job_id, r.tenant_id, m.marker, m.tenant_id) AS example, 1 AS n
  FROM ${table} r JOIN ${MARKERS} ON m.tenant_id <> r.tenant_id
  WHERE strpos(r.${column}::text, m.marker) > 0`

const strayed = (table: string): string => `
  SELECT format('a row of ${table} for job %s of tenant %s, which has no such job', r.job_id, r.tenant_id) AS example, 1 AS n
  FROM (SELECT DISTINCT tenant_id, job_id FROM ${table}) r LEFT JOIN jobs j ON j.tenant_id = r.tenant_id AND j.id = r.job_id
  WHERE j.id IS NULL`

/** Each tenant marks what it sends: where another's mark shows up, a wall has a hole. */
export const tenantsKeepApart: Invariant = {
  id: 'I8',
  what: 'No tenant gets or holds what is another’s',
  rules: [
    sqlRule('an answer with a foreign marker', ANSWERED, { needs: ['recorder'] }),
    sqlRule('an input with a foreign marker', stored('payloads', 'body'), { needs: ['recorder'] }),
    sqlRule('a history with a foreign marker', stored('history', 'data'), { needs: ['recorder'] }),
    sqlRule('an input of no job of its tenant', strayed('payloads')),
    sqlRule('a history of no job of its tenant', strayed('history')),
    sqlRule('a decision on no job of its tenant', strayed('decisions')),
  ],
}
