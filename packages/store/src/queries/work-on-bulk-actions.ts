import type { BulkNote, BulkQueue, TakenBulkAction } from '@stageline/engine/ports'
import { sql } from 'kysely'
import type { Query } from '../database.ts'
import { lists } from '../list-builder.ts'
import { BULK_COLUMNS, BULK_COUNTS, takenBulkFrom, type BulkRow } from './bulk-columns.ts'
import { filteredJobs, lastErrorIs } from './filtered-jobs.ts'
import { keepLease, letGo, takeLease } from './lease-statements.ts'
import { leaveBy } from './leave-by.ts'

const TAKE = {
  name: 'take-bulk-action',
  steady: true,
  text: `${takeLease('bulk_actions', { state: 'running' })} RETURNING tenant_id, id`,
}

/** Who had it before may have changed jobs without coming to note how many. */
const RECOUNT = {
  text: `WITH counts AS (${BULK_COUNTS})
    UPDATE bulk_actions a SET done = c.done, skipped = c.skipped, failed = c.failed, reasons = c.reasons FROM counts c
    WHERE a.tenant_id = $1 AND a.id = $2 RETURNING ${BULK_COLUMNS.replaceAll(/\b(done|skipped|failed|reasons)\b/g, 'a.$1')}`,
}

export async function takeBulkAction(
  query: Query,
  owner: string,
  leaseMs: number,
): Promise<TakenBulkAction | undefined> {
  const [taken] = await query<{ tenant_id: string; id: string }>(TAKE, [owner, leaseMs])
  if (!taken) return undefined
  const [row] = await query<BulkRow>(RECOUNT, [taken.tenant_id, taken.id])
  return row && takenBulkFrom(row)
}

type Held = Pick<TakenBulkAction, 'tenantId' | 'id'>

const KEEP = { name: 'keep-bulk-action', text: keepLease('bulk_actions') }

/** Items that have an outcome keep it. */
const NOTE = {
  name: 'note-bulk-action',
  text: `WITH held AS (${keepLease('bulk_actions', ', done = $5, skipped = $6, failed = $7, reasons = $8::jsonb, tries = 0, error = NULL')}),
    noted AS (
      UPDATE bulk_action_jobs j SET outcome = i.outcome, code = i.code, detail = i.detail, at = (SELECT stageline_now())
      FROM unnest($9::uuid[], $10::text[], $11::text[], $12::text[]) AS i(job_id, outcome, code, detail), held
      WHERE j.tenant_id = $1 AND j.bulk_action_id = $2 AND j.job_id = i.job_id AND j.outcome IS NULL
    ) SELECT id FROM held`,
}

export async function noteBulkAction(
  query: Query,
  { tenantId, id }: Held,
  owner: string,
  leaseMs: number,
  made: BulkNote | undefined,
): Promise<boolean> {
  const held = [tenantId, id, owner, leaseMs]
  if (!made) return (await query(KEEP, held)).length > 0
  const { done, skipped, failed, reasons } = made.progress
  const columns = [
    made.items.map(({ jobId }) => jobId),
    made.items.map(({ outcome }) => outcome),
    made.items.map(({ code }) => code),
    made.items.map(({ detail }) => detail),
  ]
  return (await query(NOTE, [...held, done, skipped, failed, JSON.stringify(reasons), ...columns])).length > 0
}

const CHOOSING = {
  text: `UPDATE bulk_actions SET lease_until = (SELECT stageline_now()) + $4 * interval '1 ms', updated_at = (SELECT stageline_now())
    WHERE tenant_id = $1 AND id = $2 AND owner = $3 RETURNING chosen_to, stop_asked_at IS NOT NULL AS is_stopped`,
}

const CHOSEN = {
  text: `UPDATE bulk_actions SET total = total + $3, chosen_to = coalesce($4, chosen_to),
      chosen_at = CASE WHEN $5 THEN (SELECT stageline_now()) END
    WHERE tenant_id = $1 AND id = $2`,
}

/** In the order of ids, so that each is looked at once, whatever changes meanwhile; those that came later are not meant. */
export async function chooseJobs(
  query: Query,
  action: TakenBulkAction,
  owner: string,
  leaseMs: number,
  scan: number,
): ReturnType<BulkQueue['choose']> {
  const { tenantId, id } = action
  const [held] = await query<{ chosen_to: string | null; is_stopped: boolean }>(CHOOSING, [
    tenantId,
    id,
    owner,
    leaseMs,
  ])
  if (!held) return 'lost'
  if (held.is_stopped) return 'done'
  const { sql: text, parameters } = choice(action, held.chosen_to, scan).compile(lists)
  const [row] = await query<{ looked: number; chosen: number; last: string | null }>({ text }, parameters)
  const { looked = 0, chosen = 0, last = null } = row ?? {}
  await query(CHOSEN, [tenantId, id, chosen, last, looked < scan])
  return looked < scan ? 'done' : 'more'
}

function choice({ tenantId, id, filter }: TakenBulkAction, after: string | null, scan: number) {
  const askedAt = sql<string>`(SELECT created_at FROM bulk_actions WHERE tenant_id = ${tenantId} AND id = ${id})`
  let candidates = filteredJobs(tenantId, filter)
    .select('id')
    .where('created_at', '<=', askedAt)
    .orderBy('id')
    .limit(scan)
  if (after !== null) candidates = candidates.where('id', '>', after)
  const { errorCode } = filter
  const fits = errorCode === undefined ? sql`true` : lastErrorIs(tenantId, 'candidate', errorCode)
  return sql`WITH candidate AS MATERIALIZED (${candidates}), chosen AS (
      INSERT INTO bulk_action_jobs (tenant_id, bulk_action_id, job_id)
      SELECT ${tenantId}::uuid, ${id}::uuid, candidate.id FROM candidate WHERE ${fits} RETURNING 1
    ) SELECT (SELECT count(*) FROM candidate) AS looked, (SELECT count(*) FROM chosen) AS chosen,
      (SELECT candidate.id FROM candidate ORDER BY candidate.id DESC LIMIT 1) AS last`
}

const NEXT = {
  name: 'next-of-bulk-action',
  text: `SELECT j.job_id FROM bulk_action_jobs j
    WHERE j.tenant_id = $1 AND j.bulk_action_id = $2 AND j.outcome IS NULL AND ($3::uuid IS NULL OR j.job_id > $3)
      AND EXISTS (SELECT FROM bulk_actions a WHERE a.tenant_id = $1 AND a.id = $2 AND a.stop_asked_at IS NULL)
    ORDER BY j.job_id LIMIT $4`,
}

export async function nextOfBulkAction(
  query: Query,
  { tenantId, id }: Held,
  after: string | null,
  limit: number,
): Promise<string[]> {
  return (await query<{ job_id: string }>(NEXT, [tenantId, id, after, limit])).map((row) => row.job_id)
}

/** What was stopped when nothing was left to do has completed. */
const END = `WITH counts AS (${BULK_COUNTS})
    UPDATE bulk_actions a SET error = $5::jsonb, owner = NULL, lease_until = NULL,
      state = CASE WHEN $4 = 'completed' AND a.stop_asked_at IS NOT NULL AND (c.open > 0 OR a.chosen_at IS NULL) THEN 'stopped' ELSE $4 END,
      done = c.done, skipped = c.skipped, failed = c.failed, reasons = c.reasons,
      updated_at = (SELECT stageline_now()), finished_at = (SELECT stageline_now())
    FROM counts c WHERE a.tenant_id = $1 AND a.id = $2 AND a.owner = $3 AND a.finished_at IS NULL RETURNING a.id`

export const endBulkAction = leaveBy<'completed' | 'failed'>(END)

/** After so many ms somebody may take it again. */
export const giveBackBulkAction = leaveBy<number>(letGo('bulk_actions'))
