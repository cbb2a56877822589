import assert from 'node:assert/strict'
import { test } from 'node:test'
import { READING_TIME, readingTimeMs } from './reading-time.ts'

test('what has pages may take its time, what is text may not', () => {
  for (const type of ['application/pdf', 'image/png', 'image/jpeg', 'image/tiff', 'message/rfc822'])
    assert.equal(readingTimeMs(type), READING_TIME.pages)
  for (const type of ['text/html; charset=utf-8', 'application/xml', 'text/csv', 'application/json'])
    assert.equal(readingTimeMs(type), READING_TIME.text)
})
