import type { RecordWriter, StageView } from '@stageline/engine/ports'
import type { Query } from '../database.ts'
import { closed } from './move-breaker.ts'
import { selectStages } from './select-stages.ts'

const PAUSE = `UPDATE stages SET paused = true, paused_by = $2, pause_reason = $3, paused_at = stageline_now(), paused_until = $4
  WHERE $1::text IS NULL OR stage = $1`

const RESUME = `UPDATE stages SET paused = false, paused_by = NULL, pause_reason = NULL, paused_at = NULL, paused_until = NULL,
  limited_until = NULL WHERE $1::text IS NULL OR stage = $1`

const CLOSE = `UPDATE stages SET ${closed('$2')} WHERE ($1::text IS NULL OR stage = $1) AND breaker <> 'closed'`

type Pause = Parameters<RecordWriter['setStagePaused']>[1]

/** One stage, or all of them for `null`. Whoever resumes says that nothing holds it any more: no limit, no breaker. */
export async function pauseStages(
  query: Query,
  stage: string | null,
  { paused, actor, reason, until = null }: Pause,
): Promise<StageView[]> {
  if (paused) await query({ text: PAUSE }, [stage, actor, reason, until])
  else {
    await query({ text: RESUME }, [stage])
    await query({ text: CLOSE }, [stage, actor])
  }
  return selectStages(query, stage ?? undefined)
}
