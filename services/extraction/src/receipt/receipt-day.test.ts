import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dayOf, nearness } from './receipt-day.ts'

test('days count the more the nearer they lie; unknown ones do not', () => {
  const day = dayOf('2018-03-05')

  assert.equal(dayOf('2018-03-12') - day, 7)
  assert.equal(nearness([day, day], day), 2)
  assert.equal(nearness([day + 7], day), 0.5)
  assert.ok(nearness([day - 700], day) < 0.01)
  assert.equal(nearness([0], day), 0)
  assert.equal(nearness([day], undefined), 0)
})
