import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseTotals } from './choose-totals.ts'

test('three that add up win over three that score a little better alone', () => {
  const net = [scored('80.00', 0.8), scored('100.00', 0.7)]

  const totals = chooseTotals(net, [scored('19.00', 0.9)], [scored('119.00', 0.9)])

  assert.equal(totals.net?.candidate.value, '100.00')
})

test('a field without any fair candidate stays empty', () => {
  const totals = chooseTotals([scored('5.00', 0.01)], [], [scored('119.00', 0.9)])

  assert.equal(totals.net, undefined)
  assert.equal(totals.tax, undefined)
  assert.equal(totals.gross?.candidate.value, '119.00')
})

const cell = { text: '', page: 1, box: undefined, words: [], line: 0, column: 0, lineText: '', depth: 0 }
const scored = (value: string, score: number) => ({
  candidate: { value, printed: value, cell, features: new Map() },
  score,
})
