import type { RunFailure, RunProgress, TakenRun } from '@stageline/engine/ports'
import type { Query } from '../database.ts'
import { endRun, RUN_COLUMNS, takenFrom, type RunRow } from './run-columns.ts'

/** Somebody waits for a preview. */
const TAKE = {
  name: 'take-run',
  text: `UPDATE batch_runs SET state = 'reading', owner = $1, updated_at = (SELECT stageline_now()),
      lease_until = (SELECT stageline_now()) + $2 * interval '1 ms'
    WHERE (tenant_id, id) = (
      SELECT tenant_id, id FROM batch_runs
      WHERE finished_at IS NULL AND try_at <= (SELECT stageline_now()) AND (lease_until IS NULL OR lease_until <= (SELECT stageline_now()))
        AND (preview OR NOT $3::boolean)
      ORDER BY preview DESC, try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING ${RUN_COLUMNS}`,
}

/** A run that its orchestrator left for so long that its keys may have ended keeps them: what it submitted stays known. */
const RENEW_KEYS = {
  text: `UPDATE idempotency_keys SET expires_at = greatest(expires_at, (SELECT stageline_now()) + interval '24 hours')
    WHERE tenant_id = $1 AND operation = 'batch:' || $2::text`,
}

export async function takeRun(
  query: Query,
  owner: string,
  leaseMs: number,
  onlyPreview = false,
): Promise<TakenRun | undefined> {
  const [row] = await query<RunRow>(TAKE, [owner, leaseMs, onlyPreview])
  if (!row) return undefined
  await query(RENEW_KEYS, [row.tenant_id, row.id])
  return takenFrom(row)
}

const NOTE = {
  name: 'note-run',
  text: `UPDATE batch_runs SET lease_until = (SELECT stageline_now()) + $4 * interval '1 ms', updated_at = (SELECT stageline_now())
    WHERE tenant_id = $1 AND id = $2 AND owner = $3 RETURNING id`,
}

const NOTE_PROGRESS = {
  name: 'note-run-progress',
  text: `UPDATE batch_runs SET lease_until = (SELECT stageline_now()) + $4 * interval '1 ms', updated_at = (SELECT stageline_now()),
      read = $5, submitted = $6, skipped = $7, refused = $8, faults = $9::jsonb, sample = $10::jsonb, routes = $11::jsonb,
      mark = $12, mark_keys = $13, tries = 0, error = NULL
    WHERE tenant_id = $1 AND id = $2 AND owner = $3 RETURNING id`,
}

type Held = Pick<TakenRun, 'tenantId' | 'id'>

export async function noteRun(
  query: Query,
  { tenantId, id }: Held,
  owner: string,
  leaseMs: number,
  progress: RunProgress | undefined,
): Promise<boolean> {
  const held = [tenantId, id, owner, leaseMs]
  if (!progress) return (await query(NOTE, held)).length > 0
  const { read, submitted, skipped, refused, faults, sample, routes, mark, markKeys } = progress
  const texts = [faults, sample, routes].map((part) => JSON.stringify(part))
  return (await query(NOTE_PROGRESS, [...held, read, submitted, skipped, refused, ...texts, mark, markKeys])).length > 0
}

const END = {
  text: `WITH ${endRun('tenant_id = $1 AND id = $2 AND owner = $3', '$4::text', '$5::jsonb')} SELECT id FROM ended`,
}

export async function endRunOf(
  query: Query,
  { tenantId, id }: Held,
  owner: string,
  state: 'completed' | 'failed',
  error: RunFailure | null,
): Promise<boolean> {
  return (await query(END, [tenantId, id, owner, state, error && JSON.stringify(error)])).length > 0
}

const GIVE_BACK = {
  text: `UPDATE batch_runs SET state = 'waiting', owner = NULL, lease_until = NULL, updated_at = (SELECT stageline_now()),
      try_at = (SELECT stageline_now()) + $4 * interval '1 ms',
      error = $5::jsonb, tries = tries + CASE WHEN $5::jsonb IS NULL THEN 0 ELSE 1 END
    WHERE tenant_id = $1 AND id = $2 AND owner = $3 RETURNING id`,
}

export async function giveBackRun(
  query: Query,
  { tenantId, id }: Held,
  owner: string,
  afterMs: number,
  error: RunFailure | null,
): Promise<boolean> {
  return (await query(GIVE_BACK, [tenantId, id, owner, afterMs, error && JSON.stringify(error)])).length > 0
}
