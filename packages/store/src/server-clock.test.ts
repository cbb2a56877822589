import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createServerClock } from './server-clock.ts'

function setup() {
  let monotonic = 1_000
  const clock = createServerClock(() => monotonic)
  const observeLate = (server: number, lateMs: number) => {
    monotonic += lateMs
    clock.observe(new Date(server).toISOString())
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

  observeLate(50_100, 80)

  assert.ok(Math.abs(now() - 50_180) <= 1)
})

test('a clock that was set is followed, forwards and backwards', () => {
  const { observeLate, now } = setup()
  observeLate(50_000, 0)

  observeLate(90_000, 0)
  assert.equal(now(), 90_000)
  observeLate(60_000, 0)

  assert.equal(now(), 60_000)
})
