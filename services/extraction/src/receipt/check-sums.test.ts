import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSums, type NamedAmount } from './check-sums.ts'

test('what was paid less the change, net and tax, and the rounded sum speak for a total', () => {
  const sums = checkSums([
    named(1000, 'sub'),
    named(61, 'tax'),
    named(1061, 'total'),
    named(-1, 'round'),
    named(1060, 'total'),
    named(2000, 'cash'),
    named(940, 'change'),
  ])

  assert.deepEqual(sums(1060), ['paid', 'rounded'])
  assert.deepEqual(sums(1061), ['taxed', 'rounded'])
  assert.deepEqual(sums(1000), [])
  assert.deepEqual(sums(2000), [])
})

test('nothing adds up with a change, a tax or a rounding of nothing, or with a step too large for coins', () => {
  const sums = checkSums([
    named(500, 'cash'),
    named(0, 'change'),
    named(0, 'tax'),
    named(0, 'round'),
    named(7, 'round'),
  ])

  assert.deepEqual([sums(500), sums(507), sums(493)], [[], [], []])
})

function named(cents: number, kind: string): NamedAmount {
  return { cents, kinds: [kind] }
}
