import { changePolicy, type Policy } from '@stageline/domain'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openRecord } from './testing/open-record.ts'

const changed = (policy: Policy, highCompleteness: number): Policy => {
  const next = changePolicy(policy, { thresholds: { highCompleteness } })
  assert.ok('policy' in next)
  return next.policy
}

test('a changed policy is a new version, and the one before stays readable', async () => {
  await using record = await openRecord()
  const first = (await record.reader.policy(record.tenantId, 'completeness-v2'))!

  const saved = await record.writer.savePolicy(record.tenantId, changed(first.policy, 0.9), 'ops')

  assert.equal(saved, 'saved')
  const newest = (await record.reader.policies(record.tenantId)).find(({ policy }) => policy.name === 'completeness-v2')
  assert.deepEqual([newest?.policy.version, newest?.versions, newest?.createdBy], [2, [1, 2], 'ops'])
  assert.deepEqual(newest?.policy, changed(first.policy, 0.9))
  assert.deepEqual((await record.reader.policy(record.tenantId, 'completeness-v2', 1))?.policy, first.policy)
  assert.equal(await record.reader.policy(record.tenantId, 'completeness-v2', 3), undefined)
})

test('of changes that follow the same version one is saved', async () => {
  await using record = await openRecord()
  const { policy } = (await record.reader.policy(record.tenantId, 'completeness-v2'))!
  const save = (limit: number) => record.writer.savePolicy(record.tenantId, changed(policy, limit), 'ops')

  const outcomes = await Promise.all([0.9, 0.91, 0.92].map(save))

  assert.deepEqual(outcomes.toSorted(), ['conflict', 'conflict', 'saved'])
})

test("another tenant's policies are neither seen nor changed", async () => {
  await using record = await openRecord()
  const { policy } = (await record.reader.policy(record.tenantId, 'completeness-v2'))!
  const other = await record.addTenant('other')

  assert.deepEqual(await record.reader.policies(other), [])
  assert.equal(await record.writer.savePolicy(other, changed(policy, 0.9), 'ops'), 'conflict')
  assert.equal((await record.reader.policy(record.tenantId, 'completeness-v2'))?.policy.version, 1)
})
