import type { NewJob } from '@stageline/engine/ports'
import type { Query } from '../database.ts'

type Day = { workflow: string; day: string }

/** In the order of their names, before anything else is locked; held until the end of the transaction. */
const LOCK = {
  name: 'lock-days',
  text: `SELECT pg_advisory_xact_lock(hashtextextended(w.name, 7220433)) FROM unnest($1::text[]) AS w(name)`,
}
/** A statement of its own: it sees what those have committed whom the lock waited for. */
const COUNT = {
  name: 'count-days',
  text: `SELECT w.workflow, w.day, coalesce((SELECT sum(c.delta) FROM counters c
      WHERE c.tenant_id = $1 AND c.kind = 'day' AND c.subject = w.day AND c.workflow = w.workflow), 0)::bigint AS taken
    FROM unnest($2::text[], $3::text[]) AS w(workflow, day)`,
}
/** Stored by a commit whose answer was lost. */
const STORED = {
  name: 'stored-jobs',
  text: 'SELECT id FROM jobs WHERE tenant_id = $1 AND id = ANY ($2::uuid[])',
}

/**
 * The jobs that their day has no room for, the last of those given; nobody else takes a place of these days until the
 * transaction ends. `hasPlace`: came before, and takes none.
 */
export async function beyondDay(
  query: Query,
  tenantId: string,
  jobs: readonly NewJob[],
  hasPlace: (job: NewJob) => boolean,
): Promise<ReadonlySet<NewJob>> {
  const bounded = jobs.filter(({ dayBound }) => dayBound !== null)
  if (bounded.length === 0) return new Set()
  const days = new Map(bounded.map((one) => [nameOf(dayOf(one)), dayOf(one)]))
  const names = [...days.keys()].toSorted().map((name) => `${tenantId}/${name}`)
  await query(LOCK, [names])
  const columns = [[...days.values()].map(({ workflow }) => workflow), [...days.values()].map(({ day }) => day)]
  const rows = await query<Day & { taken: number }>(COUNT, [tenantId, ...columns])
  const stored = await query<{ id: string }>(STORED, [tenantId, bounded.map(({ job }) => job.id)])
  const taken = new Map(rows.map((row) => [nameOf(row), row.taken]))
  const known = new Set(stored.map(({ id }) => id))
  const beyond = new Set<NewJob>()
  for (const one of bounded) {
    if (known.has(one.job.id) || hasPlace(one)) continue
    const name = nameOf(dayOf(one))
    const count = taken.get(name) ?? 0
    if (count >= one.dayBound!) beyond.add(one)
    else taken.set(name, count + 1)
  }
  return beyond
}

const dayOf = ({ job, countedOn }: NewJob): Day => ({ workflow: job.workflow, day: countedOn ?? '' })
const nameOf = ({ workflow, day }: Day): string => `${workflow}/${day}`
