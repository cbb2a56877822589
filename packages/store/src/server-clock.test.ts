import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createServerClock } from './server-clock.ts'

function setup() {
  let monotonic = 1_000
  const clock = createServerClock(() => monotonic)
  /** The server says its time at once, and that is under way for so long. */
  const observeLate = (server: number, lateMs: number) => {
    const askedAt = monotonic
    monotonic += lateMs
    clock.observe(new Date(server).toISOString(), askedAt)
  }
  return { clock, observeLate, pass: (ms: number) => (monotonic += ms), now: () => clock.now().getTime() }
}

test('the time runs on between answers', () => {
  const { observeLate, pass, now } = setup()
  observeLate(50_000, 0)

  pass(250)

  assert.equal(now(), 50_250)
})

test('an answer that was long under way does not turn the time back', () => {
  const { observeLate, pass, now } = setup()
  observeLate(50_000, 0)
  pass(100)

  observeLate(50_100, 4_000)

  assert.equal(now(), 54_100)
})

test('a first answer that was long under way is corrected by the next quick one', () => {
  const { observeLate, now } = setup()
  observeLate(50_000, 4_000)

  observeLate(54_000, 2)

  assert.ok(Math.abs(now() - 54_002) <= 2)
})

test('a server whose clock runs a little slower is followed', () => {
  const { observeLate, pass, now } = setup()
  observeLate(50_000, 0)
  pass(1_000)

  observeLate(50_990, 0)

  assert.equal(now(), 50_990)
})

test('a clock that was set is followed, forwards and backwards', () => {
  const { observeLate, now } = setup()
  observeLate(50_000, 0)

  observeLate(90_000, 0)
  assert.equal(now(), 90_000)
  observeLate(60_000, 0)

  assert.equal(now(), 60_000)
})
