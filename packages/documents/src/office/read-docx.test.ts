import assert from 'node:assert/strict'
import { test } from 'node:test'
import { docxTable, makeDocx, paragraph } from '../testing/make-office.ts'
import { makeZip } from '../testing/make-zip.ts'
import { readDocx } from './read-docx.ts'

const lines = async (body: string): Promise<string[]> =>
  ((await readDocx({ bytes: makeDocx(body) })).pages ?? []).flatMap((page) => page.lines.map(({ text }) => text))

test('paragraphs are lines, tabs are wide gaps, breaks end a line', async () => {
  const run = (inner: string): string => `<w:r>${inner}</w:r>`
  const total = `<w:p><w:pPr><w:tabs><w:tab w:pos="1"/></w:tabs></w:pPr>${run('<w:t>Total</w:t><w:tab/><w:t>9.90</w:t>')}</w:p>`
  const address = `<w:p>${run('<w:t>5 Quay</w:t><w:noBreakHyphen/><w:t>Street</w:t><w:br/><w:t>Bristol</w:t>')}</w:p>`

  assert.deepEqual(await lines(paragraph('R&amp;D &#8364;') + total + address), [
    'R&D €',
    'Total  9.90',
    '5 Quay-Street',
    'Bristol',
  ])
})

test('what was deleted, and the second form of a text box, is left out', async () => {
  const deleted = '<w:p><w:del><w:r><w:t>old</w:t></w:r></w:del><w:ins><w:r><w:t>new</w:t></w:r></w:ins></w:p>'
  const box = (tag: string): string => `<mc:${tag}><w:txbxContent>${paragraph(`in ${tag}`)}</w:txbxContent></mc:${tag}>`
  const drawn = `<w:p><w:r><mc:AlternateContent>${box('Choice')}${box('Fallback')}</mc:AlternateContent></w:r></w:p>`

  assert.deepEqual(await lines(deleted + drawn), ['new', 'in Choice'])
})

test('a row of a table is a line of cells two blanks apart, cells of several lines stand side by side', async () => {
  const cell = (...texts: string[]): string => `<w:tc>${texts.map(paragraph).join('')}</w:tc>`
  const layout = `<w:tbl><w:tr>${cell('Harbour Light', '5 Quay Street')}${cell('Invoice 7', '')}</w:tr></w:tbl>`

  assert.deepEqual(await lines(layout), ['Harbour Light  Invoice 7', '5 Quay Street'])
})

test('tables of data have their header, spanning cells keep the columns, a table inside one is another', async () => {
  const rows = [
    ['Item', 'Quantity', 'Amount'],
    ['Brass hinge', '4', '10.00'],
  ]
  const spanned = `<w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>${paragraph('Total')}</w:tc><w:tc>${paragraph('10.00')}</w:tc></w:tr>`
  const inner = docxTable([
    ['a', '1'],
    ['b', '2'],
  ])
  const table = docxTable(rows).replace('</w:tbl>', `${spanned}</w:tbl>`)
  const around = `<w:tbl><w:tr><w:tc>${inner}<w:p/></w:tc></w:tr></w:tbl>`

  const { tables } = await readDocx({ bytes: makeDocx(table + around) })

  assert.deepEqual(tables, [
    { page: 1, header: rows[0], rows: [rows[1], ['Total', '', '10.00']] },
    {
      page: 1,
      header: [],
      rows: [
        ['a', '1'],
        ['b', '2'],
      ],
    },
  ])
})

test('the letterhead stands first and the footer last', async () => {
  const part = (tag: string, text: string) => ({
    name: `word/${tag}1.xml`,
    contents: `<w:${tag}>${paragraph(text)}</w:${tag}>`,
  })
  const parts = [part('header', 'Harbour Light Ltd'), part('footer', 'VAT GB 1')]
  const bytes = makeDocx(paragraph('Invoice 7'), parts, ['header1.xml', 'footer1.xml'])

  const { pages: [page] = [] } = await readDocx({ bytes })

  assert.deepEqual(
    page?.lines.map(({ text }) => text),
    ['Harbour Light Ltd', 'Invoice 7', 'VAT GB 1'],
  )
})

test('a package that is cut off, damaged, locked or no document says so', async () => {
  const whole = makeDocx(paragraph('text'))
  const damaged = Buffer.from(whole)
  damaged.fill(0xff, damaged.indexOf('word/document.xml') + 17, damaged.indexOf('word/document.xml') + 60)
  const locked = makeZip([{ name: '_rels/.rels', contents: 'secret', isEncrypted: true }])

  for (const bytes of [whole.subarray(0, -30), damaged, makeZip([{ name: 'readme.txt', contents: 'hello' }])])
    await assert.rejects(readDocx({ bytes }), { name: 'DataError', code: 'document.unreadable' })
  await assert.rejects(readDocx({ bytes: locked }), { code: 'document.encrypted' })
  await assert.rejects(readDocx({ bytes: makeDocx('<w:p></w:r>') }), { code: 'document.unreadable' })
  await assert.rejects(readDocx({ bytes: makeDocx('<!DOCTYPE a>') }), { code: 'document.unreadable' })
})
