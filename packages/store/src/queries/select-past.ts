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
  text: `WITH zone AS MATERIALIZED (
    SELECT coalesce((SELECT time_zone FROM tenant_settings WHERE tenant_id = $1), 'UTC') AS name
  ), today AS MATERIALIZED (
    SELECT to_char(stageline_now() AT TIME ZONE name, 'YYYY-MM-DD') AS day,
      (date_trunc('day', stageline_now() AT TIME ZONE name) + interval '1 day') AT TIME ZONE name AS ends FROM zone
  ), since AS MATERIALIZED (
    SELECT (stageline_now() - ${OUTCOME_WEEKS} * interval '1 week')::date AS week,
      stageline_now() - ${FAILURE_DAYS} * interval '1 day' AS at
  )
  SELECT today.day, to_char(today.ends AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS resets_at,
    (SELECT coalesce(jsonb_object_agg(workflow, jobs), '{}') FROM (
      SELECT workflow, sum(delta) AS jobs FROM counters
      WHERE tenant_id = $1 AND kind = 'day' AND subject = today.day GROUP BY workflow) c) AS accepted,
    (SELECT coalesce(jsonb_agg(jsonb_build_array(workflow, source, succeeded, failed)), '[]') FROM (
      SELECT w.workflow, w.source, sum(o.succeeded) AS succeeded, sum(o.failed) AS failed
      FROM unnest($2::text[], $3::text[]) AS w(workflow, source) CROSS JOIN LATERAL (
        SELECT succeeded, failed FROM source_outcomes
        WHERE tenant_id = $1 AND workflow = w.workflow AND source = w.source AND week > (SELECT week FROM since) OFFSET 0) o
      GROUP BY w.workflow, w.source) s) AS sources,
    (SELECT coalesce(jsonb_agg(jsonb_build_array(workflow, business_key, failures)), '[]') FROM (
      SELECT w.workflow, w.business_key, count(*) AS failures
      FROM unnest($4::text[], $5::text[]) AS w(workflow, business_key) CROSS JOIN LATERAL (
        SELECT FROM automation_failures
        WHERE tenant_id = $1 AND workflow = w.workflow AND business_key = w.business_key AND at > (SELECT at FROM since)
        OFFSET 0) f
      GROUP BY w.workflow, w.business_key) k) AS keys
  FROM today`,
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
