import type { StageRegistry } from '@stageline/engine/ports'
import type { Database } from './database.ts'

const REGISTER = `INSERT INTO stages (stage, input_schema, output_schema, bundle) VALUES ($1, $2, $3, $4)
  ON CONFLICT (stage) DO UPDATE SET input_schema = excluded.input_schema, output_schema = excluded.output_schema, bundle = excluded.bundle`

const ENTER = `INSERT INTO stage_workers (stage, worker_id, host, pid, version) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (stage, worker_id) DO UPDATE SET host = excluded.host, pid = excluded.pid, version = excluded.version,
    started_at = stageline_now(), seen_at = stageline_now()`

/** One second's question and answer; a worker whose row was cleared away after a long silence is not put back by it. */
const HEARTBEAT = {
  name: 'heartbeat',
  text: `WITH seen AS (UPDATE stage_workers SET seen_at = stageline_now() WHERE stage = $1 AND worker_id = $2)
    SELECT paused FROM stages WHERE stage = $1`,
}

/** Workers of a stage that have been silent for a day. */
const FORGET = `DELETE FROM stage_workers WHERE stage = $1 AND seen_at < stageline_now() - interval '1 day'`

/** The rows of stages and of their workers. */
export function createStageRegistry(db: Database): StageRegistry {
  return {
    register: ({ name, inputSchema, outputSchema, bundle }, worker) =>
      db.transaction(null, async (query) => {
        await query({ text: REGISTER }, [name, JSON.stringify(inputSchema), JSON.stringify(outputSchema), bundle])
        await query({ text: ENTER }, [name, worker.id, worker.host, worker.pid, worker.version])
        await query({ text: FORGET }, [name])
      }),
    heartbeat: async (stage, workerId) => {
      const [row] = await db.anonymous<{ paused: boolean }>(HEARTBEAT, [stage, workerId])
      return { paused: row?.paused === true }
    },
    leave: async (stage, workerId) => {
      await db.anonymous({ text: 'DELETE FROM stage_workers WHERE stage = $1 AND worker_id = $2' }, [stage, workerId])
    },
    bundles: async () => {
      const rows = await db.anonymous<{ stage: string; bundle: number }>({ text: 'SELECT stage, bundle FROM stages' })
      return new Map(rows.map(({ stage, bundle }) => [stage, bundle]))
    },
  }
}
