import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifiedOutcomeOf } from './verified-outcome.ts'

const fields = { gross_total: { confidence: 0.9 }, due_date: { confidence: 0.7, model: 'p/m', said: 0.8 } }
const outcomeOf = (...paths: string[]) =>
  verifiedOutcomeOf({ confidence: 0.8, fields, corrections: paths.map((path) => ({ path })) })

const corrections: [paths: string[], right: boolean][] = [
  [[], true],
  [['/fields/gross_total/value', '/fields/gross_total/confidence'], false],
  [['/fields/gross_total/confidence', '/fields/gross_total/source/method'], true],
  [['/fields/gross_total'], false],
  [['/fields/due_date/value'], true],
  [['/lineItems/0/description/value'], true],
  [['/kind'], false],
  [['/weight'], false],
]

for (const [paths, right] of corrections) {
  test(`an item with ${paths.length === 0 ? 'no corrections' : paths.join(', ')} was ${right ? 'right' : 'wrong'}`, () => {
    assert.equal(outcomeOf(...paths).right, right)
  })
}

const wrongFields: [paths: string[], wrong: string[]][] = [
  [[], []],
  [['/fields/gross_total/value', '/fields/gross_total/confidence'], ['gross_total']],
  [['/fields/gross_total/confidence', '/fields/gross_total/source/method'], []],
  [['/fields/due_date'], ['due_date']],
  [['/fields/buyer_name'], []],
  [['/kind', '/lineItems/0/total/value', '/record/gross_total'], []],
]

for (const [paths, wrong] of wrongFields) {
  test(`corrections ${paths.join(', ') || 'of nothing'} make wrong: ${wrong.join(', ') || 'no field'}`, () => {
    const judged = outcomeOf(...paths).fields

    assert.deepEqual(
      Object.keys(judged).filter((name) => !judged[name]!.right),
      wrong,
    )
  })
}

test('a verified field keeps how sure it was called, and by which model', () => {
  assert.deepEqual(outcomeOf().fields['due_date'], { confidence: 0.7, model: 'p/m', said: 0.8, right: true })
})
