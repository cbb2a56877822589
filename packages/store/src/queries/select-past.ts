import { FAILURE_DAYS, OUTCOME_WEEKS } from '@stageline/domain'
import type { IntakePast, PastAsked } from '@stageline/engine/ports'
import type { Query } from '../database.ts'

type Row = {
  day: string
  resets_at: string
  accepted: Record<string, number>
  sources: [workflow: string, source: string, succeeded: number, failed: number][]
  keys: [workflow: string, businessKey: string, failures: number][]
}

/** One row for all: at most 14 small rows a source, the failures of a key, and the counts of one day. */
const SELECT = {
  name: 'select-past',
  text: `SELECT day, to_char(ends AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS resets_at, accepted, sources, keys
    FROM past_of($1, $2, $3, $4, $5, ${OUTCOME_WEEKS}, ${FAILURE_DAYS})`,
}

export async function selectPast(query: Query, tenantId: string, asked: readonly PastAsked[]): Promise<IntakePast> {
  const sources = distinct(asked.map(({ workflow, source }) => [workflow, source]))
  const keys = distinct(asked.map(({ workflow, businessKey }) => [workflow, businessKey]))
  const [row] = await query<Row>(SELECT, [tenantId, ...columns(sources), ...columns(keys)])
  const outcomes = new Map(row!.sources.map(([workflow, source, ...counts]) => [nameOf(workflow, source), counts]))
  const failures = new Map(row!.keys.map(([workflow, key, count]) => [nameOf(workflow, key), count]))
  return {
    jobs: asked.map(({ workflow, source, businessKey }) => {
      const [succeeded = 0, failed = 0] = outcomes.get(nameOf(workflow, source)) ?? []
      return { outcomes: { succeeded, failed }, recentFailures: failures.get(nameOf(workflow, businessKey)) ?? 0 }
    }),
    day: row!.day,
    resetsAt: row!.resets_at,
    acceptedToday: row!.accepted,
  }
}

const nameOf = (workflow: string, name: string | null): string => JSON.stringify([workflow, name])

function distinct(pairs: readonly [workflow: string, name: string | null][]): [string, string][] {
  const known = new Map(pairs.flatMap(([workflow, name]) => (name === null ? [] : [[nameOf(workflow, name), name]])))
  return [...known].map(([pair, name]) => [(JSON.parse(pair) as [string])[0], name])
}

const columns = (pairs: readonly [string, string][]): [string[], string[]] => [
  pairs.map(([workflow]) => workflow),
  pairs.map(([, name]) => name),
]
