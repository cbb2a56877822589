import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DocumentModel } from '@stageline/domain'
import { createDocumentReader } from '../document-reader.ts'
import { drawText, withoutFonts } from '../testing/draw-text.ts'
import { FAX4_PAGE } from '../testing/fax4-page.ts'
import { makeTiff, tiffPage } from '../testing/make-tiff.ts'

const TIFF = { mediaType: 'image/tiff' }
const texts = ({ pages }: DocumentModel): string[][] =>
  pages.map(({ lines }) => lines.map(({ text }) => text.replaceAll('  ', ' ')))

test('a fax of group 4 is read', async () => {
  await using reader = createDocumentReader()

  const model = await reader.read(makeTiff([FAX4_PAGE]), TIFF)

  assert.deepEqual(texts(model), [['Invoice 4711', 'Total 98.50']])
  assert.deepEqual([model.pages[0]?.width, model.pages[0]?.height, model.pages[0]?.origin], [640, 150, 'ocr'])
})

test('each picture is a page, however it is packed', { skip: withoutFonts }, async () => {
  await using reader = createDocumentReader()
  const printed = [
    ['none', 'Invoice 4711'],
    ['lzw', 'Total 98.50'],
    ['deflate', 'Rye bread 3.20'],
  ] as const

  const model = await reader.read(makeTiff(printed.map(([packing, row]) => tiffPage(drawText([row]), packing))), TIFF)

  assert.deepEqual(
    texts(model),
    printed.map(([, row]) => [row]),
  )
  assert.deepEqual(
    model.pages.map(({ number }) => number),
    [1, 2, 3],
  )
})

test('small copies of a page are no pages, and pages beyond the limit are left out with a warning', async () => {
  await using reader = createDocumentReader()
  const copy = { ...FAX4_PAGE, others: [[254, 1]] as [number, number][] }
  const blank = { width: 40, height: 40, packing: 1, bytes: Buffer.alloc(1600, 0xff) }

  const model = await reader.read(makeTiff([FAX4_PAGE, copy, ...Array.from({ length: 21 }, () => blank)]), TIFF)

  assert.equal(model.pages.length, 20)
  assert.deepEqual(model.warnings, ['only the first 20 of 22 pages were read'])
})

test('a TIFF that is cut off, or of a kind that is not known, is unreadable', async () => {
  await using reader = createDocumentReader()
  const whole = makeTiff([FAX4_PAGE])
  const shifted = Buffer.from(whole)
  // The directory stays, its last tag says that the picture is longer than the file.
  shifted.writeUInt32LE(1_000_000, shifted.length - 8)

  for (const bytes of [whole.subarray(0, -20), whole.subarray(0, 6), shifted, Buffer.from('MM\0+\0\b\0\0\0\0\0\0')])
    await assert.rejects(reader.read(bytes, TIFF), { name: 'DataError', code: 'document.unreadable' })
})
