import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import test from 'node:test'
import { TroubleLimiter } from './trouble.ts'

function setup(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const limiter = new TroubleLimiter()
  const told: string[] = []
  const report = (code: string) => limiter.report(code, (count) => told.push(`${code} × ${count}`))
  return { limiter, report, told, pass: (ms: number) => t.mock.timers.tick(ms) }
}

test('trouble that keeps coming is told at once, then once a second with its count', (t) => {
  const { report, told, pass } = setup(t)

  for (let i = 0; i < 500; i++) report('redis.error')
  assert.deepEqual(told, ['redis.error × 1'])
  pass(1_000)
  assert.deepEqual(told, ['redis.error × 1', 'redis.error × 499'])
  report('redis.error')
  report('redis.error')
  assert.equal(told.length, 2)
  pass(1_000)

  assert.deepEqual(told, ['redis.error × 1', 'redis.error × 499', 'redis.error × 2'])
})

test('different troubles do not hide each other', (t) => {
  const { report, told } = setup(t)

  report('redis.error')
  report('store.unavailable')

  assert.deepEqual(told, ['redis.error × 1', 'store.unavailable × 1'])
})

test('trouble that comes back after a quiet second is told at once', (t) => {
  const { report, told, pass } = setup(t)

  report('redis.error')
  pass(1_000)
  report('redis.error')

  assert.deepEqual(told, ['redis.error × 1', 'redis.error × 1'])
})

test('what is still held is told when the process stops', (t) => {
  const { limiter, report, told } = setup(t)
  report('redis.error')
  report('redis.error')
  report('redis.error')

  limiter[Symbol.dispose]()

  assert.deepEqual(told, ['redis.error × 1', 'redis.error × 2'])
})
