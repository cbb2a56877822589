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
