import type { HistoryEntry } from '@stageline/domain'
import type { Message } from '@stageline/engine/ports'
import type { Delta } from '../count-deltas.ts'

/** A column of many rows, by the name and the type that its statement gives it. */
export type Columns = Readonly<Record<string, string>>

/**
 * Rows whose columns travel as one parameter each, in their order from `$first` on. JSON must come last: a column of it is
 * one document, which costs both sides a third of what an array of texts does, each of them escaped and parsed apart.
 */
export function rowsFrom(first: number, alias: string, columns: Columns): string {
  const named = Object.entries(columns).map(([name, type], i) => ({ name, type, parameter: `$${first + i}` }))
  const arrays = named.filter(({ type }) => type !== 'jsonb').map(({ type, parameter }) => `${parameter}::${type}[]`)
  const documents = named
    .filter(({ type }) => type === 'jsonb')
    .map(({ parameter }) => `jsonb_array_elements(${parameter}::jsonb)`)
  const sources = [`unnest(${arrays.join(', ')})`, ...documents].join(', ')
  return `ROWS FROM (${sources}) AS ${alias}(${named.map(({ name }) => `"${name}"`).join(', ')})`
}

/** Ids, numbers, booleans and ISO times: nothing that an array literal would have to quote. */
export const plainArray = (values: readonly (string | number | boolean | null | undefined)[]): string =>
  `{${values.map((value) => value ?? 'NULL').join(',')}}`

/** Neighbours are often equal: such a text is quoted once. */
export function textArray(texts: readonly (string | null)[]): string {
  let [last, quoted]: [string | null, string] = [null, 'NULL']
  const elements = texts.map((text) => {
    if (text !== last) [last, quoted] = [text, text === null ? 'NULL' : quote(text)]
    return quoted
  })
  return `{${elements.join(',')}}`
}

const quote = (text: string): string => `"${/["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text}"`

/** Texts of JSON as one document; null is its `null`, which `nullif(…, 'null')` takes for none. */
export const jsonArray = (texts: readonly (string | null)[]): string =>
  `[${texts.map((text) => text ?? 'null').join(',')}]`

const HISTORY = {
  job_id: 'uuid',
  seq: 'integer',
  at: 'timestamptz',
  event: 'text',
  step: 'text',
  stage: 'text',
  attempt: 'integer',
  path: 'text',
  times: 'text',
  job_from: 'text',
  job_to: 'text',
  actor: 'text',
  reason: 'text',
  failure: 'jsonb',
  data: 'jsonb',
}
export const HISTORY_PARAMETERS = Object.keys(HISTORY).length

/** Entries of many jobs as the columns that {@link noted} takes apart again. */
export function historyColumns(entries: readonly { jobId: string; entry: HistoryEntry }[]): unknown[] {
  const texts = (pick: (entry: HistoryEntry) => string | null) => textArray(entries.map(({ entry }) => pick(entry)))
  return [
    plainArray(entries.map(({ jobId }) => jobId)),
    plainArray(entries.map(({ entry }) => entry.seq)),
    plainArray(entries.map(({ entry }) => entry.at)),
    texts(({ event }) => event),
    texts(({ step }) => step),
    texts(({ stage }) => stage),
    plainArray(entries.map(({ entry }) => entry.attempt)),
    texts(({ path }) => `{${path.join(',')}}`),
    texts(({ times }) => `{${times.join(',')}}`),
    texts(({ jobFrom }) => jobFrom),
    texts(({ jobTo }) => jobTo),
    texts(({ actor }) => actor),
    texts(({ reason }) => reason),
    jsonArray(entries.map(({ entry }) => json(entry.failure))),
    jsonArray(entries.map(({ entry }) => json(entry.data))),
  ]
}

/** Inserts the entries of the jobs that `won` names. {@link HISTORY_PARAMETERS} parameters from `$first` on. */
export const noted = (first: number): string =>
  `INSERT INTO history (tenant_id, job_id, seq, at, event, step, stage, attempt, path, times, job_from, job_to, actor, reason, failure, data)
    SELECT won.tenant_id, h.job_id, h.seq, h.at, h.event, h.step, h.stage, h.attempt, h.path::text[], h.times::timestamptz[],
      h.job_from, h.job_to, h.actor, h.reason, nullif(h.failure, 'null'), nullif(h.data, 'null')
    FROM ${rowsFrom(first, 'h', HISTORY)}
    JOIN won ON won.id = h.job_id`

/**
 * Most writes of a batch change the counts alike: each distinct change is sent once, as a pattern that the writes name
 * by its number, and multiplied by those that won.
 */
export class DeltaPatterns {
  readonly #numbers = new Map<string, number>()
  readonly #rows: (Delta & { pattern: number })[] = []

  /** @param key equal for writes with equal deltas */
  numberOf(key: string, deltasOf: () => readonly Delta[]): number {
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const pattern = this.#numbers.size
    this.#numbers.set(key, pattern)
    for (const delta of deltasOf()) this.#rows.push({ ...delta, pattern })
    return pattern
  }

  columns(): unknown[] {
    const rows = this.#rows
    return [
      rows.map(({ pattern }) => pattern),
      rows.map(({ kind }) => kind),
      rows.map(({ workflow }) => workflow),
      rows.map(({ subject }) => subject),
      rows.map(({ state }) => state),
      rows.map(({ delta }) => delta),
    ]
  }
}

export const DELTA_PARAMETERS = 6

/** Appends the deltas of the jobs that `won` names, one row a count. {@link DELTA_PARAMETERS} from `$first` on. */
export const counted = (
  first: number,
): string => `INSERT INTO counters (tenant_id, kind, workflow, subject, state, delta)
    SELECT won.tenant_id, d.kind, d.workflow, d.subject, d.state, sum(d.delta)
    FROM won JOIN unnest(${parameters(first, 'integer text text text text integer'.split(' '))})
      AS d(pattern, kind, workflow, subject, state, delta) ON d.pattern = won.pattern
    GROUP BY won.tenant_id, d.kind, d.workflow, d.subject, d.state
    HAVING sum(d.delta) <> 0`

const MESSAGE = { id: 'uuid', tenant_id: 'uuid', stage: 'text', priority: 'float8', jobs: 'text' }
export const MESSAGE_PARAMETERS = Object.keys(MESSAGE).length

export function messageColumns(messages: readonly Message[], priorityOf: (jobId: string) => number): unknown[] {
  return [
    plainArray(messages.map(({ id }) => id)),
    plainArray(messages.map(({ tenantId }) => tenantId)),
    textArray(messages.map(({ stage }) => stage)),
    plainArray(messages.map(({ steps }) => Math.max(...steps.map(([jobId]) => priorityOf(jobId))))),
    textArray(messages.map(({ steps }) => plainArray(steps.map(([jobId]) => jobId)))),
  ]
}

/**
 * Notes messages to be looked for; those of a repeated commit are noted already. {@link MESSAGE_PARAMETERS} parameters from
 * `$first` on.
 */
export const sought = (
  first: number,
): string => `INSERT INTO messages (id, tenant_id, stage, priority, jobs, sent_at, check_at)
    SELECT m.id, m.tenant_id, m.stage, m.priority, m.jobs::uuid[], (SELECT stageline_now()), (SELECT stageline_now()) + interval '2 s'
    FROM ${rowsFrom(first, 'm', MESSAGE)} ON CONFLICT (id) DO NOTHING`

/** `$3::uuid[], $4::text[] …` */
export const parameters = (first: number, types: readonly string[]): string =>
  types.map((type, i) => `$${first + i}::${type}[]`).join(', ')

export const json = (value: unknown): string | null =>
  value === null || value === undefined ? null : (JSON.stringify(value) ?? null)
