import { isId, type SlaSettings } from '@stageline/domain'
import type { SavedSla, SlaConfigView } from '@stageline/engine/ports'
import type { Database } from '../database.ts'

const COLUMNS = `id, subject, task_type AS "taskType", service_area AS "serviceArea", workflow, stage, limit_ms AS "limitMs",
  at_risk_share AS "atRiskShare", pauses_while_blocked AS "pausesWhileBlocked",
  pauses_while_waiting AS "pausesWhileWaiting", pauses_while_suspended AS "pausesWhileSuspended", escalate_priority AS "escalatePriority",
  escalate_group AS "escalateGroup", active, version, changed_by AS "changedBy", created_at AS "createdAt", changed_at AS "changedAt"`

const MANY = { text: `SELECT ${COLUMNS} FROM sla_configs WHERE tenant_id = $1 ORDER BY id` }
const ONE = { text: `SELECT ${COLUMNS} FROM sla_configs WHERE tenant_id = $1 AND id = $2` }

export const selectSlaConfigs = (db: Database, tenantId: string): Promise<SlaConfigView[]> =>
  db.query<SlaConfigView>(tenantId, MANY, [tenantId])

export const selectSlaConfig = async (db: Database, tenantId: string, id: string): Promise<SlaConfigView | undefined> =>
  isId(id) ? (await db.query<SlaConfigView>(tenantId, ONE, [tenantId, id]))[0] : undefined

const INSERT = {
  text: `INSERT INTO sla_configs (tenant_id, id, changed_by, task_type, service_area, workflow, limit_ms, at_risk_share,
      pauses_while_blocked, escalate_priority, escalate_group, active, subject, stage, pauses_while_waiting, pauses_while_suspended)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
    ON CONFLICT (tenant_id, subject, coalesce(task_type, ''), coalesce(service_area, ''), coalesce(workflow, ''), coalesce(stage, '')) DO NOTHING
    RETURNING ${COLUMNS}`,
}

type Change = { id: string; settings: SlaSettings; actor: string }

export async function insertSlaConfig(db: Database, tenantId: string, change: Change): Promise<SavedSla> {
  const [row] = await db.query<SlaConfigView>(tenantId, INSERT, valuesOf(tenantId, change))
  return row ?? 'exists'
}

const SAME_SCOPE = {
  text: `SELECT FROM sla_configs WHERE tenant_id = $1 AND id <> $2 AND task_type IS NOT DISTINCT FROM $3
    AND service_area IS NOT DISTINCT FROM $4 AND workflow IS NOT DISTINCT FROM $5 AND subject = $6 AND stage IS NOT DISTINCT FROM $7`,
}
const UPDATE = {
  text: `UPDATE sla_configs SET changed_by = $3, task_type = $4, service_area = $5, workflow = $6, limit_ms = $7, at_risk_share = $8,
      pauses_while_blocked = $9, escalate_priority = $10, escalate_group = $11, active = $12, subject = $13, stage = $14,
      pauses_while_waiting = $15, pauses_while_suspended = $16, version = version + 1,
      changed_at = (SELECT stageline_now())
    WHERE tenant_id = $1 AND id = $2 AND version = $17 RETURNING ${COLUMNS}`,
}

export async function updateSlaConfig(
  db: Database,
  tenantId: string,
  { ifVersion, ...change }: Change & { ifVersion: number },
): Promise<SavedSla | 'changed'> {
  const { taskType, serviceArea, workflow, subject, stage } = change.settings
  return db.transaction(tenantId, async (query) => {
    const others = await query(SAME_SCOPE, [tenantId, change.id, taskType, serviceArea, workflow, subject, stage])
    if (others.length > 0) return 'exists'
    const [row] = await query<SlaConfigView>(UPDATE, [...valuesOf(tenantId, change), ifVersion])
    return row ?? 'changed'
  })
}

const valuesOf = (tenantId: string, { id, settings, actor }: Change): unknown[] => [
  tenantId,
  id,
  actor,
  settings.taskType,
  settings.serviceArea,
  settings.workflow,
  settings.limitMs,
  settings.atRiskShare,
  settings.pausesWhileBlocked,
  settings.escalatePriority,
  settings.escalateGroup,
  settings.active,
  settings.subject,
  settings.stage,
  settings.pausesWhileWaiting,
  settings.pausesWhileSuspended,
]
