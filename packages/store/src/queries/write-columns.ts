import type { HistoryEntry } from '@stageline/domain'
import type { Delta } from '../count-deltas.ts'

/** Entries of many jobs as the columns that `NOTED` takes apart again, in its order of parameters. */
export function historyColumns(entries: readonly { jobId: string; entry: HistoryEntry }[]): unknown[] {
  const column = <T>(pick: (entry: HistoryEntry) => T): T[] => entries.map(({ entry }) => pick(entry))
  return [
    entries.map(({ jobId }) => jobId),
    column(({ seq }) => seq),
    column(({ at }) => at),
    column(({ event }) => event),
    column(({ step }) => step),
    column(({ stage }) => stage),
    column(({ attempt }) => attempt),
    column(({ path }) => `{${path.join(',')}}`),
    column(({ times }) => `{${times.join(',')}}`),
    column(({ jobFrom }) => jobFrom),
    column(({ jobTo }) => jobTo),
    column(({ actor }) => actor),
    column(({ reason }) => reason),
    column(({ failure }) => json(failure)),
    column(({ data }) => json(data)),
  ]
}

/** Inserts the entries of the jobs that `won` names. Fifteen parameters from `$first` on. */
export const noted = (first: number): string => {
  const types = 'uuid integer timestamptz text text text integer text text text text text text jsonb jsonb'.split(' ')
  return `INSERT INTO history (tenant_id, job_id, seq, at, event, step, stage, attempt, path, times, job_from, job_to, actor, reason, failure, data)
    SELECT won.tenant_id, h.job_id, h.seq, h.at, h.event, h.step, h.stage, h.attempt, h.path::text[], h.times::timestamptz[],
      h.job_from, h.job_to, h.actor, h.reason, h.failure, h.data
    FROM unnest(${parameters(first, types)})
      AS h(job_id, seq, at, event, step, stage, attempt, path, times, job_from, job_to, actor, reason, failure, data)
    JOIN won ON won.id = h.job_id`
}

/**
 * Most writes of a batch change the counts alike: each distinct change is sent once, as a pattern that the writes name
 * by its number, and multiplied by those that won.
 */
export class DeltaPatterns {
  readonly #numbers = new Map<string, number>()
  readonly #rows: (Delta & { pattern: number })[] = []

  numberOf(deltas: readonly Delta[]): number {
    const key = JSON.stringify(deltas)
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const pattern = this.#numbers.size
    this.#numbers.set(key, pattern)
    for (const delta of deltas) this.#rows.push({ ...delta, pattern })
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

/** Appends the deltas of the jobs that `won` names, one row a count. Six parameters from `$first` on. */
export const counted = (
  first: number,
): string => `INSERT INTO counters (tenant_id, kind, workflow, subject, state, delta)
    SELECT won.tenant_id, d.kind, d.workflow, d.subject, d.state, sum(d.delta)
    FROM won JOIN unnest(${parameters(first, 'integer text text text text integer'.split(' '))})
      AS d(pattern, kind, workflow, subject, state, delta) ON d.pattern = won.pattern
    GROUP BY won.tenant_id, d.kind, d.workflow, d.subject, d.state
    HAVING sum(d.delta) <> 0`

/** `$3::uuid[], $4::text[] …` */
export const parameters = (first: number, types: readonly string[]): string =>
  types.map((type, i) => `$${first + i}::${type}[]`).join(', ')

export const json = (value: unknown): string | null =>
  value === null || value === undefined ? null : (JSON.stringify(value) ?? null)
