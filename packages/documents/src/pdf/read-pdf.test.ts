import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDocumentReader } from '../document-reader.ts'
import { drawText, withoutFonts } from '../testing/draw-text.ts'
import { makePdf, type PrintedText } from '../testing/make-pdf.ts'
import { readPdf } from './read-pdf.ts'

test('a label and its value at the far side stay on one line, with the places of their words', async () => {
  const bytes = makePdf({
    pages: [
      {
        texts: [
          { x: 50, y: 100, text: 'Total due' },
          { x: 450, y: 100, text: '1,234.50' },
        ],
      },
    ],
  })

  const { pages: [page] = [] } = await readPdf({ bytes })

  assert.deepEqual([page?.width, page?.height, page?.origin], [595, 842, 'text'])
  const [line] = page?.lines ?? []
  assert.equal(line?.text, 'Total due  1,234.50')
  const [left = 0, top = 0, right = 0, bottom = 0] = line?.words?.at(-1)?.box ?? []
  assert.ok(left >= 449 && left <= 451 && right > left && right < 500, `${left} to ${right}`)
  assert.ok(top > 88 && top < 95 && bottom > 100 && bottom < 104, `${top} to ${bottom}`)
})

test('lines of a rotated page come as a reader sees them', async () => {
  const texts = [
    { x: 50, y: 100, text: 'first' },
    { x: 50, y: 120, text: 'second' },
  ]
  const upright = await readPdf({ bytes: makePdf({ pages: [{ texts }] }) })
  const turned = await readPdf({ bytes: makePdf({ pages: [{ texts, rotate: 180 }] }) })

  assert.deepEqual(
    upright.pages?.[0]?.lines.map(({ text }) => text),
    ['first', 'second'],
  )
  assert.deepEqual(
    turned.pages?.[0]?.lines.map(({ text }) => text),
    ['second', 'first'],
  )
})

test('rows that stand below each other become a table with its header', async () => {
  const rows = [
    ['Item', 'Quantity', 'Price', 'Amount'],
    ['Brass hinge', '4', '2.50', '10.00'],
    ['Oak shelf', '1', '35.00', '35.00'],
    ['Wood screw', '200', '0.05', '10.00'],
  ]
  const texts = rows.flatMap((cells, row) => cells.map((text, column) => at(60 + column * 120, 200 + row * 15, text)))
  const note = at(60, 200 + 3 * 15 + 11, 'zinc plated')

  const { tables = [] } = await readPdf({ bytes: makePdf({ pages: [{ texts: [...texts, note] }] }) })

  assert.equal(tables.length, 1)
  assert.deepEqual(tables[0]?.header, rows[0])
  assert.deepEqual(tables[0]?.rows.slice(0, 2), rows.slice(1, 3))
  assert.equal(tables[0]?.rows[2]?.[0], 'Wood screw zinc plated')
})

test('an invoice attached as XML comes as a structured part named after its file', async () => {
  const xml = '<rsm:CrossIndustryInvoice xmlns:rsm="urn:x"><rsm:ID>007</rsm:ID></rsm:CrossIndustryInvoice>'
  const attachments = [
    { name: 'factur-x.xml', bytes: Buffer.from(xml) },
    { name: 'terms.txt', bytes: Buffer.from('no returns') },
  ]

  const { structured } = await readPdf({ bytes: makePdf({ pages: [{ texts: [at(50, 50, 'Invoice')] }], attachments }) })

  assert.deepEqual(
    structured?.map(({ form, from }) => [form, from]),
    [['cii', 'factur-x.xml']],
  )
  assert.partialDeepStrictEqual(structured?.[0]?.data, { CrossIndustryInvoice: { ID: '007' } })
})

test('a damaged attachment is a warning, not the end', async () => {
  const attachments = [{ name: 'factur-x.xml', bytes: Buffer.from('<a><b></a>') }]

  const { pages, warnings } = await readPdf({
    bytes: makePdf({ pages: [{ texts: [at(50, 50, 'Invoice')] }], attachments }),
  })

  assert.equal(pages?.[0]?.lines[0]?.text, 'Invoice')
  assert.match(warnings?.join() ?? '', /factur-x\.xml.*well-formed/)
})

test('a PDF with a password is told from a damaged one', async () => {
  const pages = [{ texts: [at(50, 50, 'secret')] }]

  await assert.rejects(readPdf({ bytes: makePdf({ pages, isEncrypted: true }) }), { code: 'document.encrypted' })
  await assert.rejects(readPdf({ bytes: Buffer.from('%PDF-1.4 and nothing more') }), { code: 'document.unreadable' })
})

test('a PDF without pages has no content', async () => {
  await assert.rejects(readPdf({ bytes: makePdf({ pages: [] }) }), { code: 'document.no_content' })
})

test('a PDF of more pages than the limit is read up to it, with a warning', async () => {
  const pages = Array.from({ length: 203 }, (_, index) => ({ texts: [at(50, 50, `page ${index + 1}`)] }))

  const read = await readPdf({ bytes: makePdf({ pages }) })

  assert.equal(read.pages?.length, 200)
  assert.match(read.warnings?.join() ?? '', /200 of 203/)
})

test('a scanned page is read by OCR, its boxes in points', { skip: withoutFonts }, async () => {
  const canvas = drawText(['Invoice 4711', 'Total 98.50', ...Array<string>(16).fill('')])
  const jpeg = { bytes: await canvas.encode('jpeg'), width: canvas.width, height: canvas.height }

  await using reader = createDocumentReader()
  const bytes = makePdf({ pages: [{ texts: [at(50, 50, 'text')] }, { jpeg }] })

  const { pages } = await reader.read(bytes, { mediaType: 'application/pdf' })

  assert.deepEqual(
    pages.map(({ origin }) => origin),
    ['text', 'ocr'],
  )
  assert.deepEqual(
    pages[1]?.lines.map(({ text }) => text.replaceAll('  ', ' ')),
    ['Invoice 4711', 'Total 98.50'],
  )
  const [, top = 0, right = 0, bottom = 0] = pages[1]?.lines[1]?.box ?? []
  assert.ok(right < 595 && top > 80 && bottom < 115, `${top} to ${bottom}`)
})

test('a stamp over a scanned page does not hide what the page says', { skip: withoutFonts }, async () => {
  const canvas = drawText(['', '', 'Invoice 4711', 'Total 98.50', ...Array<string>(14).fill('')])
  const jpeg = { bytes: await canvas.encode('jpeg'), width: canvas.width, height: canvas.height }
  await using reader = createDocumentReader()

  const bytes = makePdf({ pages: [{ texts: [at(400, 800, 'Received')], jpeg }] })
  const { pages } = await reader.read(bytes, { mediaType: 'application/pdf' })

  assert.equal(pages[0]?.origin, 'ocr')
  const text = pages[0]?.lines.map((line) => line.text).join(' ') ?? ''
  assert.match(text, /Invoice +4711.*Total +98\.50.*Received/)
})

const at = (x: number, y: number, text: string): PrintedText => ({ x, y, text })
