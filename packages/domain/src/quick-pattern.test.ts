import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { isQuickPattern } from './quick-pattern.ts'

suite('a quick pattern', () => {
  const quick = [
    '^[A-Z]{2}\\d{9}$',
    '^\\d{4}-\\d{2}-\\d{2}$',
    '^[A-Z0-9._\\-]+$',
    '^x-',
    '^INV-?\\d{2,4}$',
    '^[^@]+@example\\.com$',
  ]
  for (const pattern of quick) test(pattern, () => assert.equal(isQuickPattern(pattern), true))
})

suite('a pattern that could be slow, or that this cannot tell', () => {
  const slow = [
    '^(a|a)*$',
    '^(a+)+$',
    'a+$',
    '^a*a*b$',
    '^\\s+x\\s+$',
    '^a{0,99}a{0,99}a{0,99}b$',
    '^a*a{999}b$',
    '^a*?b',
    '^(?=a)b',
    '^(\\w)\\1*$',
    '^\\p{L}+$',
    '',
    '^a||b',
  ]
  for (const pattern of slow) test(pattern, () => assert.equal(isQuickPattern(pattern), false))

  test('the longest text that a request can bring is judged in well under a second', () => {
    const worst = /^a?a?a*a{48}b$/
    const text = 'a'.repeat(1_000_000)
    assert.equal(isQuickPattern(worst.source), true)

    const from = performance.now()
    assert.equal(worst.test(text), false)

    assert.ok(performance.now() - from < 5_000, `${Math.round(performance.now() - from)} ms`)
  })
})
