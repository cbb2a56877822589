import type { RunProgress, RunView, TakenRun } from '@stageline/engine/ports'

export type RunRow = {
  tenant_id: string
  id: string
  name: string | null
  source: string | null
  origin: TakenRun['origin']
  columns: TakenRun['columns']
  request: TakenRun['request']
  preview: boolean
  actor: string
  state: RunView['state']
  read: number
  submitted: number
  skipped: number
  refused: number
  faults: RunProgress['faults']
  sample: RunProgress['sample']
  routes: RunProgress['routes']
  mark: string | null
  mark_keys: string[]
  tries: number
  try_at: string
  error: RunView['error']
  created_at: string
  updated_at: string
  finished_at: string | null
}

export const RUN_COLUMNS =
  'tenant_id, id, name, source, origin, columns, request, preview, actor, state, read, submitted, skipped, refused, faults, sample, routes, mark, mark_keys, tries, try_at, error, created_at, updated_at, finished_at'

/** Ends a run and, where it takes the new records of its source, moves the mark of that: the CTEs `ended` and `moved`. */
export const endRun = (which: string, state: string, error: string): string => `ended AS (
    UPDATE batch_runs SET state = ${state}, error = ${error}, owner = NULL, lease_until = NULL,
      updated_at = (SELECT stageline_now()), finished_at = (SELECT stageline_now())
    WHERE ${which} AND finished_at IS NULL
    RETURNING tenant_id, id, source, columns, moves_mark, mark, mark_keys
  ), moved AS (
    UPDATE sources s SET mark = e.mark, mark_keys = e.mark_keys, mark_at = (SELECT stageline_now()) FROM ended e
    WHERE s.tenant_id = e.tenant_id AND s.key = e.source AND e.moves_mark AND e.mark IS NOT NULL
      AND s.definition->>'markColumn' IS NOT DISTINCT FROM e.columns->>'markColumn'
  )`

const progressFrom = (row: RunRow): RunProgress => ({
  read: row.read,
  submitted: row.submitted,
  skipped: row.skipped,
  refused: row.refused,
  faults: row.faults,
  sample: row.sample,
  routes: row.routes,
  mark: row.mark,
  markKeys: row.mark_keys,
})

export const runFrom = (row: RunRow): RunView => ({
  id: row.id,
  name: row.name,
  source: row.source,
  request: row.request,
  preview: row.preview,
  actor: row.actor,
  state: row.state,
  progress: progressFrom(row),
  error: row.error,
  tries: row.tries,
  nextTryAt: row.state === 'waiting' && row.tries > 0 ? row.try_at : null,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  finishedAt: row.finished_at,
})

export const takenFrom = (row: RunRow): TakenRun => ({
  tenantId: row.tenant_id,
  id: row.id,
  name: row.name,
  source: row.source,
  origin: row.origin,
  columns: row.columns,
  request: row.request,
  preview: row.preview,
  actor: row.actor,
  progress: progressFrom(row),
  tries: row.tries,
})
