import {
  newId,
  type BuiltIns,
  type Policy,
  type SlaSettings,
  type TriggerDefinition,
  type WorkflowDefinition,
} from '@stageline/domain'
import type pg from 'pg'

const BUILT_IN = 'built-in'

/**
 * Stores the built-in workflows and policies for every tenant: a new one as version 1, a changed one as the next version
 * unless a person has made a version of their own since; promises of time where there are none for such tasks, and
 * triggers under keys that nobody has. Returns the names of what it stored.
 */
export async function seedBuiltIns(
  client: pg.ClientBase,
  { policies, workflows, slas, triggers }: BuiltIns,
): Promise<string[]> {
  const stored: string[] = []
  const { rows: tenants } = await client.query<{ id: string }>('SELECT id FROM tenants')
  for (const { id } of tenants) {
    for (const policy of policies) if (await seedPolicy(client, id, policy)) stored.push(policy.name)
    for (const workflow of workflows) if (await seedWorkflow(client, id, workflow)) stored.push(workflow.key)
    for (const sla of slas) if (await seedSla(client, id, sla)) stored.push(`sla ${sla.taskType}`)
    for (const trigger of triggers) if (await seedTrigger(client, id, trigger)) stored.push(`trigger ${trigger.key}`)
  }
  return stored
}

async function seedWorkflow(client: pg.ClientBase, tenantId: string, definition: WorkflowDefinition): Promise<boolean> {
  await client.query('INSERT INTO workflows (tenant_id, key) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    tenantId,
    definition.key,
  ])
  const { rowCount } = await client.query(
    `WITH newest AS (
       SELECT version, definition, created_by FROM workflow_versions
       WHERE tenant_id = $1 AND key = $2 ORDER BY version DESC LIMIT 1)
     INSERT INTO workflow_versions (tenant_id, key, version, definition, created_by)
     SELECT $1, $2, coalesce((SELECT version FROM newest), 0) + 1, $3::jsonb, $4
     WHERE NOT EXISTS (SELECT FROM newest WHERE created_by <> $4 OR definition = $3::jsonb)
     ON CONFLICT DO NOTHING`,
    [tenantId, definition.key, JSON.stringify(definition), BUILT_IN],
  )
  return rowCount === 1
}

async function seedPolicy(client: pg.ClientBase, tenantId: string, policy: Policy): Promise<boolean> {
  const { name } = policy
  await client.query('INSERT INTO policies (tenant_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING', [tenantId, name])
  const { rowCount } = await client.query(
    `WITH newest AS (
       SELECT version, policy, created_by FROM policy_versions
       WHERE tenant_id = $1 AND name = $2 ORDER BY version DESC LIMIT 1),
     next AS (SELECT coalesce((SELECT version FROM newest), 0) + 1 AS version)
     INSERT INTO policy_versions (tenant_id, name, version, policy, created_by)
     SELECT $1, $2, next.version, jsonb_set($3::jsonb, '{version}', to_jsonb(next.version)), $4
     FROM next
     WHERE NOT EXISTS (SELECT FROM newest WHERE created_by <> $4 OR policy - 'version' = $3::jsonb - 'version')
     ON CONFLICT DO NOTHING`,
    [tenantId, name, JSON.stringify(policy), BUILT_IN],
  )
  return rowCount === 1
}

/** One that a person has changed or put out of use stays as it is. */
async function seedSla(client: pg.ClientBase, tenantId: string, sla: SlaSettings): Promise<boolean> {
  const { taskType, limitMs, atRiskShare, pausesWhileBlocked, escalatePriority } = sla
  const { rowCount } = await client.query(
    `INSERT INTO sla_configs (tenant_id, id, task_type, limit_ms, at_risk_share, pauses_while_blocked, escalate_priority, active, changed_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, true, $8)
     ON CONFLICT (tenant_id, subject, coalesce(task_type, ''), coalesce(service_area, ''), coalesce(workflow, ''), coalesce(stage, '')) DO NOTHING`,
    [tenantId, newId(), taskType, limitMs, atRiskShare, pausesWhileBlocked, escalatePriority, BUILT_IN],
  )
  return rowCount === 1
}

/** One that a person has changed or put out of use stays as it is. */
async function seedTrigger(client: pg.ClientBase, tenantId: string, trigger: TriggerDefinition): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO triggers (tenant_id, key, enabled, definition, updated_by) VALUES ($1, $2, $3, $4::jsonb, $5)
     ON CONFLICT (tenant_id, key) DO NOTHING`,
    [tenantId, trigger.key, trigger.enabled, JSON.stringify(trigger), BUILT_IN],
  )
  return rowCount === 1
}
