import type { StageView } from '@stageline/engine/ports'
import type { Query } from '../database.ts'

const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`

/** A pause whose time is over counts as none, whoever clears its row. */
const SELECT = `SELECT s.stage, p.paused, CASE WHEN p.paused THEN s.paused_by END AS "pausedBy",
    CASE WHEN p.paused THEN s.pause_reason END AS "pauseReason", CASE WHEN p.paused THEN s.paused_at END AS "pausedAt",
    CASE WHEN p.paused THEN s.paused_until END AS "pausedUntil",
    CASE WHEN s.limit_max IS NOT NULL THEN jsonb_build_object('max', s.limit_max, 'perMs', s.limit_per_ms) END AS "limit",
    CASE WHEN s.limited_until > (SELECT stageline_now()) THEN jsonb_build_object('until', to_char(s.limited_until, ${ISO}),
      'by', s.limited_by, 'code', s.limit_code, 'reason', s.limit_reason) END AS limited,
    jsonb_build_object('state', s.breaker, 'since', to_char(s.breaker_since, ${ISO}), 'by', s.breaker_by,
      'code', s.breaker_code, 'reason', s.breaker_reason, 'times', s.breaker_times,
      'nextProbeAt', to_char(s.next_probe_at, ${ISO}), 'probeBy', s.probe_by, 'probeUntil', to_char(s.probe_until, ${ISO})) AS breaker,
    s.input_schema AS "inputSchema", s.output_schema AS "outputSchema", s.bundle,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('id', w.worker_id, 'host', w.host, 'version', w.version,
        'startedAt', to_char(w.started_at, ${ISO}),
        'seenAt', to_char(w.seen_at, ${ISO})) ORDER BY w.started_at, w.worker_id), '[]')
      FROM stage_workers w WHERE w.stage = s.stage AND w.seen_at > (SELECT stageline_now()) - interval '30 s') AS workers
  FROM stages s, LATERAL (SELECT s.paused AND (s.paused_until IS NULL OR s.paused_until > (SELECT stageline_now())) AS paused) p`

/** Every stage that a worker has ever published, with the workers that reported of late; or one of them. */
export const selectStages = (query: Query, stage?: string): Promise<StageView[]> =>
  query({ name: 'select-stages', text: `${SELECT} WHERE $1::text IS NULL OR s.stage = $1 ORDER BY s.stage` }, [
    stage ?? null,
  ])
