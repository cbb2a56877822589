import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { reliabilityOf, sourceOf } from './source-reliability.ts'

const rates: [succeeded: number, failed: number, reliability: number][] = [
  [0, 0, 0.5],
  [4, 0, 0.5],
  [0, 4, 0.5],
  [5, 0, 0.8571],
  [0, 5, 0.1429],
  [3, 3, 0.5],
  [98, 0, 0.99],
]

for (const [succeeded, failed, reliability] of rates) {
  test(`${succeeded} items that went well and ${failed} that did not make a reliability of ${reliability}`, () => {
    assert.equal(reliabilityOf({ succeeded, failed }), reliability)
  })
}

test('one more success never makes a source less reliable, one more failure never more', () => {
  const count = fc.integer({ min: 5, max: 1_000 })
  fc.assert(
    fc.property(count, count, (succeeded, failed) => {
      const now = reliabilityOf({ succeeded, failed })

      assert.ok(reliabilityOf({ succeeded: succeeded + 1, failed }) >= now)
      assert.ok(reliabilityOf({ succeeded, failed: failed + 1 }) <= now)
    }),
  )
})

test('a source is who made the part, by a name in which case and blanks do not count', () => {
  assert.equal(sourceOf({ record: { manufacturer: '  Nordwerk\t Components ' } }), 'nordwerk components')
  for (const input of [{ record: {} }, { record: { manufacturer: ' ' } }, { document: {} }, null])
    assert.equal(sourceOf(input), null)
})
