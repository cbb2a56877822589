import type { StepAtWork } from '@stageline/engine/ports'
import type { Database } from '../database.ts'
import { decodeSteps, type PackedStep } from '../steps-codec.ts'

/** By the index of states, so that however many have ended are passed over. */
const SELECT = (states: string, order: string, where = '') => `SELECT j.id, j.workflow, j.state, j.steps, j.updated_at,
      (SELECT failure ->> 'code' FROM history h WHERE h.tenant_id = $1 AND h.job_id = j.id AND h.failure IS NOT NULL
        ORDER BY h.seq DESC LIMIT 1) AS last_error
    FROM unnest('{${states}}'::text[]) AS s(state) CROSS JOIN LATERAL (SELECT id, workflow, state, steps, updated_at FROM jobs
      WHERE tenant_id = $1 AND state = s.state ORDER BY id ${order} LIMIT $2) j
    ${where} ORDER BY j.id ${order} LIMIT $2`
type Row = {
  id: string
  workflow: string
  state: StepAtWork['jobState']
  steps: Record<string, PackedStep>
  updated_at: string
  last_error: string | null
}

const NEWEST = { name: 'select-at-work', text: SELECT('queued,processing,waiting,retrying,failed,suspended', 'DESC') }
/** What a timer or a person will move is not stuck. */
const STUCK = {
  name: 'select-stuck',
  text: SELECT('queued,processing', 'ASC', `WHERE j.updated_at < stageline_now() - $3 * interval '1 ms'`),
}
/** The oldest of each state, among which those that are stuck are looked for. */
const OLDEST = 1_000

const AT_REST = new Set(['pending', 'completed', 'skipped', 'cancelled'])

export async function selectAtWork(
  db: Database,
  tenantId: string,
  limit: number,
  stuckMs?: number,
): Promise<StepAtWork[]> {
  const rows =
    stuckMs === undefined
      ? await db.query<Row>(tenantId, NEWEST, [tenantId, limit])
      : await db.query<Row>(tenantId, STUCK, [tenantId, OLDEST, stuckMs])
  return rows.slice(0, limit).flatMap((row) => stepsOf(row, db.now()))
}

const stepsOf = (row: Row, now: Date): StepAtWork[] =>
  Object.entries(decodeSteps(row.steps))
    .filter(([, { state }]) => !AT_REST.has(state))
    .map(([key, { state, attempt, worker, entered, until, reason }]) => {
      const claimedAt = entered?.findLast(([one]) => one === 'processing')?.[1]
      return {
        jobId: row.id,
        workflow: row.workflow,
        jobState: row.state,
        step: key,
        state,
        retries: Math.max(0, attempt - 1),
        lockedBy: worker ?? null,
        lockAgeMs: worker === undefined || !claimedAt ? null : Math.max(0, now.getTime() - Date.parse(claimedAt)),
        until: until ?? null,
        reason: reason ?? null,
        lastError: row.last_error,
        updatedAt: row.updated_at,
      }
    })
