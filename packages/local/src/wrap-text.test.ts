import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wrapText } from './wrap-text.ts'

test('a text that fits stays on one line behind its indentation', () => {
  assert.equal(wrapText('one two', { width: 11, indent: 4 }), '    one two')
})

test('a text that does not fit is broken between words, each line indented', () => {
  assert.equal(wrapText('one two three', { width: 11, indent: 4 }), '    one two\n    three')
})

test('a word that is too long stays whole', () => {
  assert.equal(wrapText('a http://127.0.0.1:3000/ b', { width: 8, indent: 2 }), '  a\n  http://127.0.0.1:3000/\n  b')
})

test('without a width nothing is broken', () => {
  assert.equal(wrapText('one two three', { width: Infinity, indent: 0 }), 'one two three')
})
