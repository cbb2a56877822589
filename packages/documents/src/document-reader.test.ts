import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDocumentReader } from './document-reader.ts'
import { drawText, withoutFonts } from './testing/draw-text.ts'

const TEXT = { mediaType: 'text/plain' }
const PNG = { mediaType: 'image/png' }

test('a document of each text format is read in the child', async () => {
  await using reader = createDocumentReader()
  const documents = {
    'text/plain': 'hello',
    'text/csv': 'a,b\n1,2\n',
    'application/json': '{"a":1}',
    'application/xml': '<a><b>1</b></a>',
    'text/html; charset=utf-8': '<p>hello</p>',
  }

  for (const [mediaType, text] of Object.entries(documents)) {
    const model = await reader.read(Buffer.from(text), { mediaType })
    assert.equal(model.mediaType, mediaType.split(';')[0])
    assert.ok((model.pages[0]?.lines.length ?? 0) > 0, mediaType)
  }
})

test('what cannot be read is refused with a code that says why', async () => {
  await using reader = createDocumentReader()

  await assert.rejects(reader.read(new Uint8Array(), TEXT), { name: 'DataError', code: 'document.empty' })
  await assert.rejects(reader.read(Buffer.from(' \n '), TEXT), { name: 'DataError', code: 'document.no_content' })
  await assert.rejects(reader.read(Buffer.from('x'), { mediaType: 'video/mp4' }), { code: 'document.unsupported_type' })
  await assert.rejects(reader.read(Buffer.from('{"a":'), { mediaType: 'application/json' }), {
    code: 'document.unreadable',
  })
  await assert.rejects(reader.read(Buffer.alloc(10_000_001, 'a'), TEXT), { code: 'document.too_complex' })
})

test('a document that takes too long is killed, and the next one is read', async () => {
  await using reader = createDocumentReader()
  await reader.read(Buffer.from('warm'), TEXT)
  const first = reader.childPid

  const slow = reader.read(slowHtml(), { mediaType: 'text/html' }, { timeoutMs: 50 })
  await assert.rejects(slow, { name: 'DataError', code: 'document.too_complex' })

  const next = await reader.read(Buffer.from('still here'), TEXT)
  assert.equal(next.pages[0]?.lines[0]?.text, 'still here')
  assert.notEqual(reader.childPid, first)
})

test('a document that fills the memory ends the child, and the next one is read', async () => {
  await using reader = createDocumentReader({ maxHeapMb: 40 })

  const bomb = reader.read(Buffer.from(`[${'{"a":[]},'.repeat(900_000)}1]`), { mediaType: 'application/json' })
  await assert.rejects(bomb, { name: 'DataError', code: 'document.too_complex' })

  assert.equal((await reader.read(Buffer.from('next'), TEXT)).pages[0]?.lines[0]?.text, 'next')
})

test('memory outside the heap counts, too', { skip: withoutFonts }, async () => {
  await using reader = createDocumentReader({ maxRssMb: 90 })

  const image = reader.read(await drawText(['memory'], { width: 5000 }).encode('png'), PNG)

  await assert.rejects(image, { name: 'DataError', code: 'document.too_complex' })
})

test('a child that cannot start is a fault of the system, not of the document', async () => {
  await using reader = createDocumentReader({ maxHeapMb: 1 })

  const reading = reader.read(Buffer.from('innocent'), TEXT)

  await assert.rejects(reading, { name: 'SystemError', code: 'document.reader_unavailable' })
})

test('an abort kills the work in hand and rejects with its reason', { skip: withoutFonts }, async () => {
  await using reader = createDocumentReader()
  const image = await drawText(Array.from({ length: 40 }, () => 'many rows of text to read')).encode('png')
  const abort = new AbortController()
  const reason = new Error('no longer wanted')

  const reading = reader.read(image, PNG, { signal: abort.signal })
  while (reader.childPid === undefined) await new Promise(setImmediate)
  const pid = reader.childPid
  abort.abort(reason)

  await assert.rejects(reading, reason)
  assert.notEqual(reader.childPid, pid)
  assert.equal((await reader.read(Buffer.from('next'), TEXT)).pages[0]?.lines[0]?.text, 'next')
})

test('an abort while waiting for a turn leaves the document in hand alone', async () => {
  await using reader = createDocumentReader()
  const abort = new AbortController()

  const first = reader.read(Buffer.from('first'), TEXT)
  const second = reader.read(Buffer.from('second'), TEXT, { signal: abort.signal })
  abort.abort(new Error('no longer wanted'))

  await assert.rejects(second, /no longer wanted/)
  assert.equal((await first).pages[0]?.lines[0]?.text, 'first')
})

test('timers of the caller fire while a document is read by OCR', { skip: withoutFonts }, async () => {
  await using reader = createDocumentReader()
  const image = await drawText(Array.from({ length: 20 }, (_, index) => `row ${index} of text`)).encode('png')
  let fired = 0
  const timer = setInterval(() => (fired += 1), 10)

  const start = performance.now()
  const { pages } = await reader.read(image, PNG)
  const elapsedMs = performance.now() - start
  clearInterval(timer)

  assert.equal(pages[0]?.lines.length, 20)
  assert.ok(fired > elapsedMs / 10 / 4, `${fired} of ${Math.round(elapsedMs / 10)} timers`)
})

test('a child without work ends and the next document starts another', async () => {
  await using reader = createDocumentReader({ idleMs: 1 })
  await reader.read(Buffer.from('first'), TEXT)

  while (reader.childPid !== undefined) await new Promise(setImmediate)

  assert.equal((await reader.read(Buffer.from('second'), TEXT)).pages[0]?.lines[0]?.text, 'second')
})

test('a closed reader has no child left and reads nothing more', async () => {
  const reader = createDocumentReader()
  await reader.read(Buffer.from('first'), TEXT)
  const pid = reader.childPid ?? 0

  await reader[Symbol.asyncDispose]()

  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
  await assert.rejects(reader.read(Buffer.from('second'), TEXT), { code: 'document.reader_unavailable' })
})

test('closing a reader is no fault of the document in its hand', async () => {
  const reader = createDocumentReader()
  await reader.read(Buffer.from('first'), TEXT)

  const reading = reader.read(slowHtml(), { mediaType: 'text/html' })
  const refused = assert.rejects(reading, { name: 'SystemError', code: 'document.reader_unavailable' })
  await new Promise(setImmediate)
  await reader[Symbol.asyncDispose]()

  await refused
})

/** A few hundred thousand elements: seconds for any parser, far below the limit in bytes. */
const slowHtml = (): Buffer => Buffer.from('<p><b>x</b>'.repeat(500_000))
