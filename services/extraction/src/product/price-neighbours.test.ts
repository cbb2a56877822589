import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareNeighbours, type PlacedPrice } from './price-neighbours.ts'

test('an old price without a new one beside it is no old price', () => {
  const [alone] = compared(['100', 5, 'currency:beside', 'in:struck', 'place:close'])

  assert.ok(alone?.has('struck:alone'))
  assert.ok(!alone?.has('in:struck'))
})

test('an old price stays old beside a new one', () => {
  const [old] = compared(
    ['100', 5, 'currency:beside', 'in:struck', 'place:close'],
    ['80', 6, 'currency:beside', 'place:close'],
  )

  assert.ok(old?.has('in:struck'))
})

test('what a choice takes off the price is no new price', () => {
  const [price] = compared(
    ['100', 5, 'currency:beside', 'in:struck', 'place:close'],
    ['40', 9, 'currency:beside', 'minus', 'place:close'],
  )

  assert.ok(price?.has('struck:alone'))
})

test('of a price with and without tax the first is told from the second', () => {
  const [gross, net] = compared(['100.00', 5], ['81.97', 6, 'line:untaxed'])

  assert.ok(gross?.has('tax:first'))
  assert.ok(net?.has('tax:second'))
})

for (const [why, far] of [
  ['differ by more than tax', ['50.00', 6, 'line:untaxed']],
  ['stand apart', ['81.97', 15, 'line:untaxed']],
  ['say nothing of tax', ['81.97', 6]],
] as const) {
  test(`prices that ${why} are no pair`, () => {
    const [first] = compared(['100.00', 5], [...far])

    assert.ok(!first?.has('tax:first'))
  })
}

function compared(...rows: [value: string, at: number, ...traits: string[]][]): Set<string>[] {
  const prices = rows.map(([value, at, ...traits]): PlacedPrice => ({ value, at, traits: new Set(traits) }))
  compareNeighbours(prices)
  return prices.map(({ traits }) => traits)
}
