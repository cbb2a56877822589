import type { LiveTrigger, NewTriggerRun, TriggerQueue, TriggerStream } from '@stageline/engine/ports'
import type { Query } from '../database.ts'
import { readEntries } from './read-entries.ts'
import { parameters } from './write-columns.ts'

const LIVE = {
  name: 'live-triggers',
  text: 'SELECT tenant_id AS "tenantId", version, since, definition FROM triggers WHERE enabled ORDER BY tenant_id, key',
}
const INSERT = {
  name: 'insert-trigger-runs',
  text: `WITH fresh AS (
      INSERT INTO trigger_runs (tenant_id, trigger_key, subject_id, seq, id, version, entry, actions, depth, state, error, finished_at)
      SELECT n.*, CASE WHEN n.state <> 'waiting' THEN stageline_now() END
      FROM unnest(${parameters(1, 'uuid text uuid integer uuid integer jsonb jsonb integer text jsonb'.split(' '))})
        AS n(tenant_id, trigger_key, subject_id, seq, id, version, entry, actions, depth, state, error)
      ON CONFLICT (tenant_id, trigger_key, subject_id, seq) DO NOTHING RETURNING 1
    ) SELECT count(*) AS fired FROM fresh`,
}

export async function readTriggerEntries(
  query: Query,
  stream: TriggerStream,
  limit: number,
  match: Parameters<TriggerQueue['read']>[2],
): Promise<{ read: number; fired: number }> {
  const { read, noted } = await readEntries(query, {
    cursors: 'trigger_cursors',
    stream,
    limit,
    listeners: async () =>
      (await query<LiveTrigger>(LIVE)).map((trigger) => ({ ...trigger, events: trigger.definition.on })),
    note: (entries, live) => insertRuns(query, match(entries, live)),
  })
  return { read, fired: noted }
}

async function insertRuns(query: Query, runs: readonly NewTriggerRun[]): Promise<number> {
  if (runs.length === 0) return 0
  const [row] = await query<{ fired: number }>(INSERT, [
    runs.map(({ tenantId }) => tenantId),
    runs.map(({ key }) => key),
    runs.map(({ entry }) => entry.subjectId),
    runs.map(({ entry }) => entry.seq),
    runs.map(({ id }) => id),
    runs.map(({ version }) => version),
    runs.map(({ entry }) => JSON.stringify(entry)),
    runs.map(({ actions }) => JSON.stringify(actions)),
    runs.map(({ depth }) => depth),
    runs.map(({ state }) => state),
    runs.map(({ error }) => error && JSON.stringify(error)),
  ])
  return row?.fired ?? 0
}
