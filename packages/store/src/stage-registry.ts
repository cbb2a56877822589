import type { StageRegistry } from '@stageline/engine/ports'
import { closeBreaker, openBreaker } from './queries/move-breaker.ts'
import { heartbeat } from './queries/heartbeat.ts'
import type { Database } from './database.ts'
import { perTurn } from './per-turn.ts'

const REGISTER = `INSERT INTO stages (stage, input_schema, output_schema, bundle, limit_max, limit_per_ms) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (stage) DO UPDATE SET input_schema = excluded.input_schema, output_schema = excluded.output_schema,
    bundle = excluded.bundle, limit_max = excluded.limit_max, limit_per_ms = excluded.limit_per_ms`

const ENTER = `INSERT INTO stage_workers (stage, worker_id, host, pid, version) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (stage, worker_id) DO UPDATE SET host = excluded.host, pid = excluded.pid, version = excluded.version,
    started_at = stageline_now(), seen_at = stageline_now()`

/** Workers of a stage that have been silent for a day. */
const FORGET = `DELETE FROM stage_workers WHERE stage = $1 AND seen_at < stageline_now() - interval '1 day'`

const LIMIT = {
  name: 'limit-stage',
  text: `UPDATE stages SET limited_until = stageline_now() + $2::float8 * interval '1 ms', limited_by = $3, limit_code = $4, limit_reason = $5
    WHERE stage = $1 AND (limited_until IS NULL OR limited_until < stageline_now() + $2::float8 * interval '1 ms')`,
}

/** A probe that ends with its worker is free for the others at once. */
const LEAVE = `WITH gone AS (DELETE FROM stage_workers WHERE stage = $1 AND worker_id = $2)
  UPDATE stages SET probe_until = stageline_now() WHERE stage = $1 AND probe_by = $2`

const BUNDLES = { name: 'bundles', steady: true, text: 'SELECT stage, bundle FROM stages' }

/** The rows of stages and of their workers. */
export function createStageRegistry(db: Database): StageRegistry {
  const bundles = perTurn(() => db.anonymous<{ stage: string; bundle: number }>(BUNDLES))
  return {
    register: ({ name, inputSchema, outputSchema, bundle, limit }, worker) =>
      db.transaction(null, async (query) => {
        const schemas = [JSON.stringify(inputSchema), JSON.stringify(outputSchema)]
        await query({ text: REGISTER }, [name, ...schemas, bundle, limit?.max ?? null, limit?.perMs ?? null])
        await query({ text: ENTER }, [name, worker.id, worker.host, worker.pid, worker.version])
        await query({ text: FORGET }, [name])
      }),
    heartbeat: (stage, workerId, mayProbe) => heartbeat(db.anonymous, { stage, workerId, mayProbe }),
    limit: async (stage, { ms, workerId, code, reason }) => {
      await db.anonymous(LIMIT, [stage, ms, workerId, code, reason])
    },
    openBreaker: (stage, hold) => openBreaker(db.anonymous, stage, hold),
    closeBreaker: (stage, workerId) => closeBreaker(db.anonymous, stage, workerId),
    leave: async (stage, workerId) => {
      await db.anonymous({ text: LEAVE }, [stage, workerId])
    },
    bundles: async () => new Map((await bundles()).map(({ stage, bundle }) => [stage, bundle])),
  }
}
