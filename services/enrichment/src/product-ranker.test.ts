import fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { amongRivals, besideRivals, chancesOf } from './product-ranker.ts'

test('rivals share what is less than one, and keep their order', () => {
  const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 })

  fc.assert(
    fc.property(scores, (given) => {
      const shares = amongRivals(given)

      assert.ok(shares.reduce((sum, share) => sum + share, 0) < 1 + 1e-9)
      for (const [index, share] of shares.entries())
        assert.ok(given.every((score, rival) => score > given[index]! || shares[rival]! <= share + 1e-12))
    }),
  )
})

test('beside a row that is as good, a row is at most half as likely', () => {
  assert.deepEqual(amongRivals([0.9]).map(rounded), [0.9])
  assert.deepEqual(amongRivals([0.9, 0.9]).map(rounded), [0.474, 0.474])
})

test('the best row has its calibrated chance, the others divide what it leaves', () => {
  const steep = [
    [0.2, 0.1],
    [0.8, 0.9],
  ] as const

  assert.deepEqual(chancesOf([0.1, 0.8, 0.05], steep).map(rounded), [0.067, 0.9, 0.033])
  assert.deepEqual(chancesOf([0.2, 0.1], steep).map(rounded), [0.1, 0.05])
})

test('chances of rows are never more than one together, and the best row stays the best', () => {
  const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 })
  const ends = fc.tuple(
    fc.double({ min: 0.01, max: 0.5, noNaN: true }),
    fc.double({ min: 0.5, max: 0.99, noNaN: true }),
  )

  fc.assert(
    fc.property(scores, ends, (given, [low, high]) => {
      const shares = amongRivals(given)
      const chances = chancesOf(shares, [
        [0, low],
        [1, high],
      ])

      assert.ok(chances.reduce((sum, chance) => sum + chance, 0) < 1 + 1e-9)
      assert.ok(chances[shares.indexOf(Math.max(...shares))]! >= Math.max(...chances) - 1e-9)
    }),
  )
})

test('rows that are hardly any at all share nothing', () => {
  const [best, other] = chancesOf(
    [5e-324, 5e-324],
    [
      [0, 0.25],
      [1, 0.75],
    ],
  )

  assert.deepEqual([best, other], [0.25, 0])
})

test('a row leads by what it is ahead of the next one, and one alone by far', () => {
  const lead = (cosines: number[]) =>
    besideRivals(cosines.map((cosine) => ({ cosine }))).map((row) => row['cosineLead'])

  assert.deepEqual(lead([0.75, 0.5, 0.25]), [0.25, -0.25, -0.5])
  assert.deepEqual(lead([0.5, 0.5]), [0, 0])
  assert.ok(lead([0.1])[0]! > 1)
})

const rounded = (share: number) => Math.round(share * 1000) / 1000
