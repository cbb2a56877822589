import type { BatchRuns, NewRun, RunKey } from '@stageline/engine/ports'
import type { Database, Query } from '../database.ts'
import { takeIdempotencyKeys } from './take-idempotency-keys.ts'

/** How long what only one person looked at is kept. */
const FORGET = {
  text: `DELETE FROM batch_runs WHERE tenant_id = $1 AND preview AND created_at < stageline_now() - interval '1 hour'`,
}
const BATCH = { text: 'INSERT INTO batches (tenant_id, id, name, actor) VALUES ($1, $2, $3, $4)' }
/** A run of new records begins at the mark of its source. Nothing is stored while another one is under way. */
const RUN = {
  text: `INSERT INTO batch_runs (tenant_id, id, name, source, origin, columns, request, preview, moves_mark, actor, mark, mark_keys)
    SELECT $1::uuid, $2::uuid, $3::text, $4::text, $5::jsonb, $6::jsonb, $7::jsonb, $8::boolean, $9::boolean, $10::text,
      s.mark, coalesce(s.mark_keys, '{}')
    FROM (VALUES (1)) AS one
    LEFT JOIN sources s ON s.tenant_id = $1 AND s.key = $4 AND $11::boolean
    ON CONFLICT DO NOTHING RETURNING id`,
}

class Busy extends Error {}

export async function beginRun(
  db: Database,
  tenantId: string,
  run: NewRun,
  idempotency: RunKey | null,
): ReturnType<BatchRuns['begin']> {
  try {
    return await db.transaction(tenantId, (query) => begin(query, tenantId, run, idempotency))
  } catch (error) {
    if (error instanceof Busy) return { kind: 'busy' }
    throw error
  }
}

async function begin(query: Query, tenantId: string, run: NewRun, idempotency: RunKey | null) {
  const { id, name, source, origin, columns, request, preview, actor } = run
  if (idempotency) {
    const wanted = { operation: 'runBatch', ...idempotency, jobId: id }
    const [owner] = await takeIdempotencyKeys(query, tenantId, [wanted])
    if (owner && owner.job_id !== id) {
      const kind = owner.fingerprint === idempotency.fingerprint ? ('replayed' as const) : ('other_body' as const)
      return { kind, id: owner.job_id }
    }
  }
  if (preview) await query(FORGET, [tenantId])
  else await query(BATCH, [tenantId, id, name, actor])
  const { onlyNew, dryRun } = request
  const texts = [origin, columns, request].map((part) => JSON.stringify(part))
  const values = [tenantId, id, name, source, ...texts, preview, onlyNew && !dryRun, actor, onlyNew]
  // Taking the key and making the batch are undone, too.
  if ((await query(RUN, values)).length === 0) throw new Busy()
  return { kind: 'begun' as const, id }
}
