import { isId } from '@stageline/domain'
import type { DeliveryFilter, DeliveryView, Page, PageRequest, ReplayRange } from '@stageline/engine/ports'
import type { Database } from '../database.ts'
import { readCursor, toPage } from '../page-cursor.ts'

const COLUMNS = `id, webhook_id AS "webhookId", type, cause, entry, state, tries, attempts,
  CASE WHEN state = 'waiting' THEN try_at END AS "nextTryAt", created_at AS "createdAt", finished_at AS "finishedAt"`

const LIST = {
  name: 'list-deliveries',
  text: `SELECT ${COLUMNS} FROM deliveries
    WHERE tenant_id = $1 AND webhook_id = $2 AND ($3::uuid IS NULL OR id < $3) AND ($4::text IS NULL OR state = $4)
    ORDER BY id DESC LIMIT $5`,
}

export async function listDeliveries(
  db: Database,
  tenantId: string,
  webhookId: string,
  { state = null, page }: { state?: DeliveryFilter['state'] | null; page: PageRequest },
): Promise<Page<DeliveryView>> {
  const filter = { webhookId, state }
  const values = [tenantId, webhookId, readCursor(page, filter) ?? null, state, page.limit + 1]
  return toPage(await db.query<DeliveryView>(tenantId, LIST, values), page.limit, filter)
}

const ONE = { text: `SELECT ${COLUMNS} FROM deliveries WHERE tenant_id = $1 AND webhook_id = $2 AND id = $3` }

export async function selectDelivery(
  db: Database,
  tenantId: string,
  webhookId: string,
  id: string,
): Promise<DeliveryView | undefined> {
  if (!isId(webhookId) || !isId(id)) return undefined
  return (await db.query<DeliveryView>(tenantId, ONE, [tenantId, webhookId, id]))[0]
}

/** Whoever is sending it just now counts no more: it is sent after this, too. */
const AGAIN = `state = 'waiting', tries = 0, fence = fence + 1, try_at = stageline_now(), finished_at = NULL`
const REPLAY = {
  text: `UPDATE deliveries SET ${AGAIN} WHERE tenant_id = $1 AND webhook_id = $2 AND id = $3 RETURNING ${COLUMNS}`,
}

export async function replayDelivery(
  db: Database,
  tenantId: string,
  webhookId: string,
  id: string,
): Promise<DeliveryView | undefined> {
  if (!isId(webhookId) || !isId(id)) return undefined
  return (await db.query<DeliveryView>(tenantId, REPLAY, [tenantId, webhookId, id]))[0]
}

/** Ids begin with the time of the entry: the range of the index is that of the times. */
const REPLAY_ALL = {
  text: `WITH chosen AS (
      SELECT id FROM deliveries
      WHERE tenant_id = $1 AND webhook_id = $2 AND state <> 'waiting' AND ($5::text IS NULL OR state = $5)
        AND id >= first_id_of($3::timestamptz) AND id < first_id_of($4::timestamptz)
      ORDER BY id LIMIT $6 FOR UPDATE
    ), again AS (
      UPDATE deliveries d SET ${AGAIN} FROM chosen c WHERE d.tenant_id = $1 AND d.id = c.id
      RETURNING (d.entry ->> 'at') AS at
    ) SELECT count(*) AS replayed, max(at) AS until FROM again`,
}

export async function replayDeliveries(
  db: Database,
  tenantId: string,
  webhookId: string,
  { from, to, state, limit }: ReplayRange,
): Promise<{ replayed: number; until: string | null }> {
  const values = [tenantId, webhookId, from, to, state, limit]
  const [row] = await db.query<{ replayed: number; until: string | null }>(tenantId, REPLAY_ALL, values)
  return row ?? { replayed: 0, until: null }
}
