import { AutomationSettings, loadSettings } from '@stageline/domain'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { createApiKeys } from './api-keys.ts'
import { createApiKey } from './create-api-key.ts'
import { migrate } from './migrate.ts'
import { openRecord } from './testing/open-record.ts'

test('the built-in workflows are there, each with the newest version of its policy', async () => {
  await using record = await openRecord()

  const document = await record.workflows.latest(record.tenantId, 'document')
  const part = await record.workflows.version(record.tenantId, 'part', 1)

  assert.deepEqual(
    [document?.version, document?.policy?.name, part.policy?.name],
    [1, 'confidence-v1', 'completeness-v2'],
  )
  assert.equal(record.workflow.policy, undefined)
})

test('an unknown workflow, and an unknown version, are told by name', async () => {
  await using record = await openRecord()

  assert.equal(await record.workflows.latest(record.tenantId, 'nothing'), undefined)
  await assert.rejects(record.workflows.version(record.tenantId, 'document', 9), { code: 'workflow.unknown' })
})

test('a version that a person made is not overtaken by the built-in one', async () => {
  await using record = await openRecord()
  const { definition } = (await record.workflows.latest(record.tenantId, 'part'))!
  await record.writer.saveWorkflow(record.tenantId, { ...definition, title: 'Ours' }, 'ann', 1)
  await record.sql(
    `UPDATE workflow_versions SET definition = definition || '{"title":"An older built-in"}' WHERE key = 'document'`,
  )

  const passwords = { gatewayPassword: 'gateway-of-tests', workerPassword: 'worker-of-tests' }
  const { seeded } = await migrate({ adminUrl: record.database.adminUrl, ...passwords })

  assert.deepEqual(seeded, ['document'])
  assert.equal((await record.workflows.latest(record.tenantId, 'part'))?.definition.title, 'Ours')
  assert.equal((await record.reader.workflow(record.tenantId, 'document'))?.version, 2)
})

test('what an installation chooses is stored as the next version of its built-in definitions, once', async () => {
  await using record = await openRecord()
  const passwords = { gatewayPassword: 'gateway-of-tests', workerPassword: 'worker-of-tests' }
  const chosen = { AUTOMATION_PRIORITY_THRESHOLD: '0.3', AUTOMATION_FAILURE_TO_MANUAL: 'false' }
  const migrateWith = (env: Record<string, string>) => {
    const automation = loadSettings(AutomationSettings, env)
    return migrate({ adminUrl: record.database.adminUrl, ...passwords, automation })
  }
  const policies = () =>
    record.sql(`SELECT name, version, policy ->> 'version' AS own FROM policy_versions
    WHERE version > 1 ORDER BY name, version`)

  const { seeded } = await migrateWith(chosen)
  const again = await migrateWith(chosen)

  assert.deepEqual(seeded, ['priority-threshold-v1', 'part'])
  assert.deepEqual(again.seeded, [])
  assert.deepEqual(await policies(), [{ name: 'priority-threshold-v1', version: 2, own: '2' }])
  assert.equal((await record.reader.workflow(record.tenantId, 'part'))?.version, 2)
  const part = await record.workflows.latest(record.tenantId, 'part')
  assert.equal(part?.definition.onFailure, 'fail')
})

test('a policy that a person made is not overtaken by the built-in one', async () => {
  await using record = await openRecord()
  await record.sql(`INSERT INTO policy_versions (tenant_id, name, version, policy, created_by)
    SELECT tenant_id, name, 2, jsonb_set(policy, '{version}', '2'), 'ann' FROM policy_versions WHERE name = 'completeness-v2'`)
  const passwords = { gatewayPassword: 'gateway-of-tests', workerPassword: 'worker-of-tests' }
  const automation = loadSettings(AutomationSettings, { MANUAL_PRIORITY_THRESHOLD: '0.9' })

  const { seeded } = await migrate({ adminUrl: record.database.adminUrl, ...passwords, automation })

  assert.deepEqual(seeded, [])
})

test('a key is shown once, found by its hash, and gone when it is revoked', async () => {
  await using record = await openRecord()
  const keys = createApiKeys(record.gateway)
  assert.equal(await keys.any(), false)

  const made = await createApiKey({ adminUrl: record.database.adminUrl, name: 'scanner' })

  const sha256 = createHash('sha256').update(made.key).digest('hex')
  assert.match(made.key, /^sl_[0-9a-f]{12}_[\w-]{43}$/)
  assert.deepEqual(await keys.find(sha256), { id: made.id, tenantId: record.tenantId, name: 'scanner' })
  assert.equal(await keys.any(), true)
  assert.ok(!JSON.stringify(await record.sql('SELECT * FROM api_keys')).includes(made.key.slice(16)))
  await record.sql('UPDATE api_keys SET revoked_at = now()')
  assert.deepEqual([await keys.find(sha256), await keys.any()], [undefined, false])
})

test('a key for a tenant that does not exist is refused', async () => {
  await using record = await openRecord()

  await assert.rejects(
    createApiKey({ adminUrl: record.database.adminUrl, name: 'x', tenant: 'nobody' }),
    /no tenant "nobody"/,
  )
})
