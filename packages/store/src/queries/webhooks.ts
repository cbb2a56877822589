import { isId } from '@stageline/domain'
import type { NewWebhook, WebhookChange, WebhookView } from '@stageline/engine/ports'
import type { Database } from '../database.ts'

/** The gateway may read all but the secrets. */
const COLUMNS = `id, definition AS settings, version, off_reason AS "offReason", failing_since AS "failingSince",
  created_at AS "createdAt", updated_at AS "updatedAt", updated_by AS "updatedBy"`

const ADD = {
  text: `INSERT INTO webhooks (tenant_id, id, enabled, definition, secret, updated_by)
    VALUES ($1, $2, $3, $4::jsonb, $5, $6) RETURNING ${COLUMNS}`,
}
const ONE = { text: `SELECT ${COLUMNS} FROM webhooks WHERE tenant_id = $1 AND id = $2` }
const ALL = { text: `SELECT ${COLUMNS} FROM webhooks WHERE tenant_id = $1 ORDER BY id` }

export async function addWebhook(
  db: Database,
  tenantId: string,
  { id, settings, secret, actor }: NewWebhook,
): Promise<WebhookView> {
  const values = [tenantId, id, settings.enabled, JSON.stringify(settings), secret, actor]
  return (await db.query<WebhookView>(tenantId, ADD, values))[0]!
}

export async function selectWebhook(db: Database, tenantId: string, id: string): Promise<WebhookView | undefined> {
  if (!isId(id)) return undefined
  return (await db.query<WebhookView>(tenantId, ONE, [tenantId, id]))[0]
}

export const listWebhooks = (db: Database, tenantId: string): Promise<WebhookView[]> =>
  db.query<WebhookView>(tenantId, ALL, [tenantId])

/** One that is put to use again begins with what happens then; its past is forgiven. */
const CHANGE = {
  text: `UPDATE webhooks SET version = version + 1, enabled = $3, definition = $4::jsonb, updated_by = $5,
      updated_at = stageline_now(), since = CASE WHEN enabled THEN since ELSE stageline_now() END,
      off_reason = CASE WHEN $3 THEN NULL ELSE off_reason END,
      failing_since = CASE WHEN $3 AND NOT enabled THEN NULL ELSE failing_since END
    WHERE tenant_id = $1 AND id = $2 AND version = $6 RETURNING ${COLUMNS}`,
}

export async function changeWebhook(
  db: Database,
  tenantId: string,
  { id, settings, actor, ifVersion }: WebhookChange,
): Promise<WebhookView | 'changed'> {
  const values = [tenantId, id, settings.enabled, JSON.stringify(settings), actor, ifVersion]
  return (await db.query<WebhookView>(tenantId, CHANGE, values))[0] ?? 'changed'
}

const RENEW = {
  text: `UPDATE webhooks SET version = version + 1, secret = $3, updated_by = $4, updated_at = stageline_now()
    WHERE tenant_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
}

export async function renewSecret(
  db: Database,
  tenantId: string,
  id: string,
  secret: string,
  actor: string,
): Promise<WebhookView | undefined> {
  if (!isId(id)) return undefined
  return (await db.query<WebhookView>(tenantId, RENEW, [tenantId, id, secret, actor]))[0]
}

const REMOVE = {
  text: `WITH known AS (SELECT version FROM webhooks WHERE tenant_id = $1 AND id = $2), gone AS (
      DELETE FROM webhooks WHERE tenant_id = $1 AND id = $2 AND ($3::integer IS NULL OR version = $3) RETURNING id
    ) SELECT EXISTS (SELECT FROM known) AS known, EXISTS (SELECT FROM gone) AS gone`,
}

export async function removeWebhook(db: Database, tenantId: string, id: string, ifVersion: number | null) {
  if (!isId(id)) return 'unknown' as const
  const [row] = await db.query<{ known: boolean; gone: boolean }>(tenantId, REMOVE, [tenantId, id, ifVersion])
  if (row?.gone) return 'removed' as const
  return row?.known ? ('conflict' as const) : ('unknown' as const)
}
