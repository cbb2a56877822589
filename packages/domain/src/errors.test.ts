import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DataError, RateLimited, SystemError, toFailure, TransientError } from './errors.ts'

test('each error class keeps its kind, its code and what it brings', () => {
  const data = toFailure(new DataError('x.bad', 'Bad', { details: { field: 'a' } }))
  assert.deepEqual([data.kind, data.code, data.message, data.details], ['data', 'x.bad', 'Bad', { field: 'a' }])
  assert.match(data.stack!, /DataError: Bad/)

  assert.equal(toFailure(new TransientError('x.t', 'T')).kind, 'transient')
  assert.equal(toFailure(new SystemError('x.s', 'S')).kind, 'system')
  assert.equal(toFailure(new RateLimited('x.r', 'R', { retryAfterMs: 5 })).retryAfterMs, 5)
  assert.equal('retryAfterMs' in toFailure(new RateLimited('x.r', 'R')), false)
})

test('a plain throw is unknown', () => {
  const { kind, code, message } = toFailure(new Error('oops'))

  assert.deepEqual([kind, code, message], ['unknown', 'stage.threw', 'oops'])
})

test('a fault of the network is transient, however deep a client wraps it', () => {
  const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' })
  const wrapped = Object.assign(new TypeError('fetch failed', { cause: reset }), { code: 'ERR_CLIENT' })

  assert.equal(toFailure(reset).kind, 'transient')
  assert.equal(toFailure(wrapped).kind, 'transient')
  assert.equal(toFailure(AbortSignal.timeout(0).reason ?? new DOMException('late', 'TimeoutError')).kind, 'transient')
})

test('causes that go in a circle end', () => {
  const [a, b] = [new Error('a'), new Error('b')]
  a.cause = b
  b.cause = a

  assert.equal(toFailure(a).kind, 'unknown')
})

for (const [what, thrown, message] of [
  ['a text', 'oops', 'oops'],
  ['nothing', undefined, 'undefined'],
  ['an object', { a: 1 }, '{"a":1}'],
  ['an object that cannot be shown', { toJSON: () => BigInt(1) }, 'A value that cannot be shown'],
  ['an object without a prototype', Object.create(null), '{}'],
] as const) {
  test(`${what} may be thrown`, () => {
    assert.deepEqual(toFailure(thrown), { kind: 'unknown', code: 'stage.threw_non_error', message })
  })
}

test('a failure is short, and a database can hold it', () => {
  const nasty = `nul \u0000 half \uD800 ${'x'.repeat(10_000)}`
  for (const thrown of [new Error(nasty), new DataError('x.y', nasty), nasty]) {
    const { message, stack = '' } = toFailure(thrown)

    for (const text of [message, stack]) {
      assert.ok(text.length <= 4_001)
      assert.ok(text.isWellFormed() && !text.includes('\u0000'))
    }
  }
  assert.ok(toFailure(new Error(`${'x'.repeat(3_999)}😀`)).message.isWellFormed())
})
