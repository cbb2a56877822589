import type { Statement } from '../database.ts'

/** Tables that jobs leave, by their member of a line. What tasks have is told too, though tasks stay. */
const OF_JOB = {
  payloads: 'ORDER BY r.seq',
  history: 'ORDER BY r.seq',
  decisions: 'ORDER BY r.id',
  job_sla_records: 'ORDER BY r.id',
  tasks: 'ORDER BY r.id',
} as const

const rows = (table: string, order: string): string =>
  `coalesce((SELECT string_agg(to_jsonb(r)::text, ',' ${order}) FROM ${table} r WHERE r.tenant_id = j.tenant_id AND r.job_id = j.id), '')`

/** Everything of a job as one line of JSON, column by column, of a row of `jobs` that is called `j`. */
export const lineOfJob = (format: string): string =>
  `'{"format":"${format}","job":' || to_jsonb(j)::text` +
  Object.entries(OF_JOB)
    .map(([table, order]) => ` || ',"${table}":[' || ${rows(table, order)} || ']'`)
    .join('') +
  ` || '}'`

/**
 * The statement over the rows of such a line instead of those of the record, which are hidden by names of the same kind:
 * an answer from an archive has the shape of every other. Columns that came later are null.
 *
 * @param at the number of the parameter that has the line
 */
export const overLine = ({ name, text }: Statement & { name: string }, at: number): Statement => ({
  name: `${name}-of-archive`,
  text: `WITH line AS MATERIALIZED (SELECT $${at}::jsonb AS line),
    jobs AS (SELECT r.* FROM line, jsonb_populate_record(NULL::jobs, line -> 'job') AS r),
    ${['payloads', 'history', 'decisions'].map(hidden).join(',\n    ')}
    ${text}`,
})

const hidden = (table: string): string =>
  `${table} AS (SELECT r.* FROM line, jsonb_populate_recordset(NULL::${table}, line -> '${table}') AS r)`
