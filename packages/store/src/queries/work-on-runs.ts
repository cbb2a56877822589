import type { RunProgress, TakenRun } from '@stageline/engine/ports'
import type { Query } from '../database.ts'
import { keepLease, letGo, takeLease } from './lease-statements.ts'
import { leaveBy } from './leave-by.ts'
import { endRun, RUN_COLUMNS, takenFrom, type RunRow } from './run-columns.ts'

/** Somebody waits for a preview. */
const TAKE = {
  name: 'take-run',
  steady: true,
  text: `${takeLease('batch_runs', { state: 'reading', also: 'preview OR NOT $3::boolean', first: 'preview DESC,' })}
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

const NOTE = { name: 'note-run', text: keepLease('batch_runs') }

const NOTE_PROGRESS = {
  name: 'note-run-progress',
  text: keepLease(
    'batch_runs',
    `, read = $5, submitted = $6, skipped = $7, refused = $8, faults = $9::jsonb, sample = $10::jsonb, routes = $11::jsonb,
      mark = $12, mark_keys = $13, tries = 0, error = NULL`,
  ),
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

const END = `WITH ${endRun('tenant_id = $1 AND id = $2 AND owner = $3', '$4::text', '$5::jsonb')} SELECT id FROM ended`

export const endRunOf = leaveBy<'completed' | 'failed'>(END)

/** After so many ms somebody may take it again. */
export const giveBackRun = leaveBy<number>(letGo('batch_runs'))
