import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import test from 'node:test'
import { TroubleLimiter } from './trouble.ts'

function setup(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const limiter = new TroubleLimiter()
  const told: string[] = []
  const report = (code: string, cause = 'away') =>
    limiter.report(code, cause, (count) => told.push(`${code} × ${count}`))
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

test('ten thousand equal errors within a second are two lines that name them all, whatever ids they carry', (t) => {
  const { report, told, pass } = setup(t)

  for (let i = 0; i < 10_000; i++) report('redis.error', `connect ECONNREFUSED 10.0.0.1:${6_000 + i}`)
  pass(1_000)
  pass(1_000)

  assert.deepEqual(told, ['redis.error × 1', 'redis.error × 9999'])
})

test('different causes of one code do not hide each other, and ever new ones do not flood the log', (t) => {
  const { report, told, pass } = setup(t)
  const letters = (n: number) => String.fromCodePoint(97 + Math.floor(n / 26), 97 + (n % 26))

  for (let i = 0; i < 500; i++) report('redis.error', letters(i))
  pass(1_000)

  assert.equal(told.filter((line) => line === 'redis.error × 1').length, 21)
  assert.equal(
    told.reduce((sum, line) => sum + Number(line.split(' × ')[1]), 0),
    500,
  )
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
