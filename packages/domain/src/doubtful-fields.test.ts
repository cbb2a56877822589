import assert from 'node:assert/strict'
import { test } from 'node:test'
import { doubtfulFields, fieldLimitsOf, reasonOf } from './doubtful-fields.ts'
import type { ErrorTarget } from './error-target.ts'

const target = (about: Partial<ErrorTarget>): ErrorTarget => ({
  targetErrorRate: 0.005,
  verified: 700,
  needed: 598,
  ...about,
})

test('the fields below their limits are named, the least sure first', () => {
  const fields = { total: { confidence: 0.9 }, date: { confidence: 0.4 }, company: { confidence: 0.99 } }
  const limits = fieldLimitsOf({ total: 0.95, date: 0.5, company: 0.99, address: 1 })

  assert.deepEqual(doubtfulFields(fields, limits), [
    { name: 'date', confidence: 0.4, minConfidence: 0.5 },
    { name: 'total', confidence: 0.9, minConfidence: 0.95 },
  ])
})

test('a limit of the workflow stands, whatever was verified', () => {
  const limits = fieldLimitsOf({ total: 0.5 }, { total: target({ minConfidence: 0.9 }) })

  assert.deepEqual(doubtfulFields({ total: { confidence: 0.6 } }, limits), [])
})

test('a target without enough outcomes doubts nothing, one that nothing keeps doubts all', () => {
  const limits = fieldLimitsOf({}, { total: target({}), date: target({ minConfidence: null }) })
  const fields = { total: { confidence: 0 }, date: { confidence: 1 } }

  assert.deepEqual(doubtfulFields(fields, limits), [{ name: 'date', confidence: 1, minConfidence: null }])
})

test('a name that every object has is a field like any other', () => {
  assert.deepEqual(doubtfulFields({ constructor: { confidence: 0 } }, fieldLimitsOf({ total: 1 })), [])
})

test('the reason has the numbers behind each limit', () => {
  const above = { verified: 640, wrong: 0, interval: [0, 0.0047] as [number, number] }
  const limits = fieldLimitsOf({ date: 0.9 }, { total: target({ minConfidence: 0.97, above }) })
  const fields = { total: { confidence: 0.8 }, date: { confidence: 0.7 } }

  assert.equal(
    reasonOf(doubtfulFields(fields, limits), limits),
    'Doubtful: date 0.7 is below 0.9; total 0.8 is below 0.97 to keep at most 0.5 % wrong (0 wrong of 640 verified).',
  )
})
