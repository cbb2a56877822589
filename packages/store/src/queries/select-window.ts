import type { Durations } from '@stageline/domain'
import { MOST_JOBS, type WindowFigures } from '@stageline/engine/ports'
import type { Database } from '../database.ts'
import { firstIdOf } from '../first-id-of.ts'
import { COHORT, ITS_HISTORY } from './cohort.ts'

const DURATIONS = (took: string) => `count(${took})::int AS count, avg(${took})::float8 AS avg,
      percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY ${took}) AS at`
type DurationColumns = { count: number; avg: number | null; at: [number, number, number] | null }

const JOBS = {
  name: 'select-window-jobs',
  text: `WITH ${COHORT}, known AS (
    SELECT c.*, extract(epoch FROM c.finished_at - c.created_at)::float8 * 1000 AS took,
      EXISTS (SELECT FROM automation_failures a WHERE a.tenant_id = $1 AND a.job_id = c.id) AS failed,
      NOT EXISTS (SELECT FROM decisions d WHERE d.tenant_id = $1 AND d.job_id = c.id AND d.step IS NULL AND d.route = 'person') AS automated,
      ARRAY(SELECT route FROM decisions d WHERE d.tenant_id = $1 AND d.job_id = c.id) AS routes
    FROM cohort c
  ) SELECT count(*)::int AS jobs, min(created_at) AS since, count(*) FILTER (WHERE state = 'completed')::int AS completed,
    count(*) FILTER (WHERE failed)::int AS gave_up,
    count(*) FILTER (WHERE automated AND (failed OR state = 'completed'))::int AS automated,
    count(*) FILTER (WHERE automated AND NOT failed AND state = 'completed')::int AS automated_well,
    count(*) FILTER (WHERE 'person' = ANY (routes))::int AS to_person,
    count(*) FILTER (WHERE routes <> '{}' AND 'person' <> ALL (routes))::int AS to_automation, ${DURATIONS('took')}
  FROM known`,
}
type JobsRow = DurationColumns & {
  jobs: number
  since: string | null
  completed: number
  gave_up: number
  automated: number
  automated_well: number
  to_automation: number
  to_person: number
}

/** A step's time in a state ends with its next one, in whichever entry that stands. */
const STEPS = {
  name: 'select-window-steps',
  text: `WITH ${COHORT}, entered AS (
    SELECT h.stage, e.state, extract(epoch FROM lead(e.at) OVER (PARTITION BY c.id, h.step ORDER BY h.seq, e.n) - e.at)::float8 * 1000 AS took
    FROM ${ITS_HISTORY} CROSS JOIN LATERAL unnest(h.path, h.times) WITH ORDINALITY AS e(state, at, n)
    WHERE h.step IS NOT NULL
  ) SELECT state, stage, ${DURATIONS('took')} FROM entered WHERE took IS NOT NULL
    GROUP BY GROUPING SETS ((state), (state, stage)) HAVING stage IS NULL OR state = 'processing'`,
}
type StepsRow = DurationColumns & { state: string; stage: string | null }

const RETRIES = {
  name: 'select-window-retries',
  text: `WITH ${COHORT}, retried AS (
    SELECT c.id, count(*)::int AS retries FROM ${ITS_HISTORY} WHERE 'retrying' = ANY (h.path) GROUP BY c.id
  ) SELECT coalesce((SELECT jsonb_object_agg(retries, jobs) FROM (SELECT retries, count(*) AS jobs FROM retried GROUP BY 1) d), '{}') AS distribution,
    coalesce((SELECT jsonb_agg(jsonb_build_object('jobId', id, 'retries', retries)) FROM
      (SELECT id, retries FROM retried ORDER BY retries DESC, id DESC LIMIT 10) t), '[]') AS top`,
}

export async function selectWindow(db: Database, tenantId: string, ms: number): Promise<WindowFigures> {
  const to = db.now()
  const asked = new Date(to.getTime() - ms)
  const values = [tenantId, firstIdOf(asked)]
  return db.transaction(tenantId, async (query) => {
    const [jobs] = await query<JobsRow>(JOBS, values)
    const steps = await query<StepsRow>(STEPS, values)
    const [retries] = await query<WindowFigures['retries']>(RETRIES, values)
    const { jobs: count, since, completed, gave_up: gaveUp, automated, automated_well: automatedWell } = jobs!
    const { to_automation: toAutomation, to_person: toPerson } = jobs!
    const isShortened = count === MOST_JOBS
    return {
      from: isShortened && since !== null ? since : asked.toISOString(),
      to: to.toISOString(),
      isShortened,
      jobs: count,
      completed,
      gaveUp,
      automated,
      automatedWell,
      toAutomation,
      toPerson,
      processing: durations(jobs!),
      states: named(steps.filter(({ stage }) => stage === null).map((row) => [row.state, row])),
      stages: named(steps.flatMap((row) => (row.stage === null ? [] : [[row.stage, row] as const]))),
      retries: retries!,
    }
  })
}

const named = (rows: readonly (readonly [string, DurationColumns])[]): Record<string, Durations> =>
  Object.fromEntries(
    rows.flatMap(([name, row]) => {
      const found = durations(row)
      return found ? [[name, found] as const] : []
    }),
  )

function durations({ count, avg, at }: DurationColumns): Durations | null {
  if (avg === null || at === null) return null
  const [p50Ms, p95Ms, p99Ms] = at
  return { count, avgMs: avg, p50Ms, p95Ms, p99Ms }
}
