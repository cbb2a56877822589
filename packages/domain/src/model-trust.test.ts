import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { modelTrustOf, verifiedModels } from './model-trust.ts'

type Said = { field?: string; said?: number; model?: string; right: boolean }
const outcomes = (count: number, { field = 'total', said = 0.92, model = 'p/m', right }: Said) =>
  Array.from({ length: count }, () => ({
    confidence: 0.5,
    right,
    fields: { [field]: { confidence: said, said, model, right } },
  }))
const value = { model: 'p/m', field: 'total', said: 0.92 }

test('a model of which nothing was verified is believed as was assumed', () => {
  assert.equal(modelTrustOf([])(value), 0.92)
})

test('values that people corrected are believed less, and the more of them the less', () => {
  const after = (count: number) => modelTrustOf(outcomes(count, { right: false }))(value)

  assert.ok(0.92 > after(1) && after(1) > after(5) && after(5) > after(50))
  assert.ok(after(1) > 0.7, `one correction: ${after(1)}`)
  assert.ok(after(50) < 0.05, `50 corrections: ${after(50)}`)
})

test('half of many right is believed by half, and a few more cannot change it', () => {
  const seen = [...outcomes(200, { right: true }), ...outcomes(200, { right: false })]

  assert.ok(Math.abs(modelTrustOf(seen)(value) - 0.5) < 0.02)
})

test('what was found of one field counts for another of the same model, but less', () => {
  const trust = modelTrustOf(outcomes(10, { right: false }))

  assert.ok(trust(value) < trust({ ...value, field: 'date' }))
  assert.ok(trust({ ...value, field: 'date' }) < 0.92)
})

test('another model, and values said less surely, are not touched', () => {
  const trust = modelTrustOf(outcomes(50, { right: false }))

  assert.equal(trust({ ...value, model: 'p/other' }), 0.92)
  assert.equal(trust({ ...value, said: 0.46 }), 0.46)
})

test('values that no model said are left out', () => {
  const local = [{ confidence: 1, right: false, fields: { total: { confidence: 0.92, right: false } } }]

  assert.equal(modelTrustOf(local)(value), 0.92)
  assert.deepEqual(verifiedModels(local), [])
})

test('sample size and interval are told for each model and range', () => {
  const seen = [...outcomes(20, { right: true }), ...outcomes(4, { said: 0.46, right: false })]

  const [low, high] = verifiedModels(seen)

  assert.deepEqual([low?.model, low?.said, low?.verified, low?.wrong], ['p/m', 0.4, 4, 4])
  assert.deepEqual([high?.said, high?.verified, high?.wrong], [0.9, 20, 0])
  assert.ok(Math.abs(high!.interval[1] - 0.1391) < 1e-3)
})

test('whatever was verified, a chance comes of it, and one more right value never lowers it', () => {
  const said = fc.double({ min: 0, max: 1, noNaN: true })
  const one = fc.record({ field: fc.constantFrom('total', 'date'), said, right: fc.boolean() })
  fc.assert(
    fc.property(fc.array(one, { maxLength: 60 }), said, (all, now) => {
      const seen = all.flatMap((about) => outcomes(1, about))
      const asked = { ...value, said: now }

      const before = modelTrustOf(seen)(asked)

      assert.ok(before >= 0 && before <= 1)
      assert.ok(modelTrustOf([...seen, ...outcomes(1, { said: now, right: true })])(asked) >= before)
    }),
  )
})
