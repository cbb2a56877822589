import type { BulkActions, NewBulkAction } from '@stageline/engine/ports'
import type { Query } from '../database.ts'
import { takeIdempotencyKeys } from './take-idempotency-keys.ts'

const INSERT = {
  text: `INSERT INTO bulk_actions (tenant_id, id, kind, filter, reason, actor) VALUES ($1, $2, $3, $4::jsonb, $5, $6)`,
}

export async function beginBulkAction(
  query: Query,
  tenantId: string,
  { id, kind, filter, reason, actor }: NewBulkAction,
  idempotency: { key: string; fingerprint: string } | null,
): ReturnType<BulkActions['begin']> {
  if (idempotency) {
    const wanted = { operation: 'bulkAction', ...idempotency, jobId: id }
    const [owner] = await takeIdempotencyKeys(query, tenantId, [wanted])
    if (owner && owner.job_id !== id)
      return { kind: owner.fingerprint === idempotency.fingerprint ? 'replayed' : 'other_body', id: owner.job_id }
  }
  await query(INSERT, [tenantId, id, kind, JSON.stringify(filter), reason, actor])
  return { kind: 'begun', id }
}
