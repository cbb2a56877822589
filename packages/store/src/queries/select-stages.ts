import type { StageView } from '@stageline/engine/ports'
import type { Query } from '../database.ts'

const SELECT = `SELECT s.stage, s.paused, s.paused_by AS "pausedBy", s.pause_reason AS "pauseReason", s.paused_at AS "pausedAt",
    s.input_schema AS "inputSchema", s.output_schema AS "outputSchema", s.bundle,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('id', w.worker_id, 'host', w.host,
        'startedAt', to_char(w.started_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'seenAt', to_char(w.seen_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) ORDER BY w.started_at, w.worker_id), '[]')
      FROM stage_workers w WHERE w.stage = s.stage AND w.seen_at > (SELECT stageline_now()) - interval '30 s') AS workers
  FROM stages s`

/** Every stage that a worker has ever published, with the workers that reported of late; or one of them. */
export const selectStages = (query: Query, stage?: string): Promise<StageView[]> =>
  query({ name: 'select-stages', text: `${SELECT} WHERE $1::text IS NULL OR s.stage = $1 ORDER BY s.stage` }, [
    stage ?? null,
  ])
