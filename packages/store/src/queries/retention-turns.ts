import type { RetentionTurn } from '@stageline/engine/ports'
import type { Query } from '../database.ts'

/** Whoever comes at the same moment waits for the row, and finds that it has moved on. */
const TAKE = {
  name: 'take-retention-turn',
  text: `WITH due AS (
      SELECT t.id FROM tenants t LEFT JOIN retention_turns r ON r.tenant_id = t.id
      WHERE r.next_at IS NULL OR r.next_at <= stageline_now() ORDER BY r.next_at NULLS FIRST, t.id LIMIT 1
    ) INSERT INTO retention_turns AS r (tenant_id, next_at) SELECT id, stageline_now() + $1 * interval '1 ms' FROM due
    ON CONFLICT (tenant_id) DO UPDATE SET next_at = excluded.next_at WHERE r.next_at <= stageline_now()
    RETURNING r.tenant_id AS "tenantId", r.looked_to AS "lookedTo"`,
}

export async function takeRetentionTurn(query: Query, forMs: number): Promise<RetentionTurn | undefined> {
  const [turn] = await query<RetentionTurn>(TAKE, [forMs])
  return turn
}

const END = {
  name: 'end-retention-turn',
  text: `UPDATE retention_turns SET looked_to = $2, next_at = stageline_now() + $3 * interval '1 ms' WHERE tenant_id = $1`,
}

export async function endRetentionTurn(query: Query, turn: RetentionTurn, afterMs: number): Promise<void> {
  await query(END, [turn.tenantId, turn.lookedTo, afterMs])
}
