import assert from 'node:assert/strict'
import { test } from 'node:test'
import { businessPart, type DocumentModel } from '@stageline/domain'
import { readDocument } from '../read-document.ts'
import { makeMail, type MailFile } from '../testing/make-mail.ts'
import { makeXlsx, sheetRow } from '../testing/make-office.ts'
import { makePdf } from '../testing/make-pdf.ts'

const read = (bytes: Uint8Array): Promise<DocumentModel> => readDocument({ bytes, mediaType: 'message/rfc822' })
const texts = ({ pages }: DocumentModel): string[][] => pages.map(({ lines }) => lines.map(({ text }) => text))

const pdf = (text: string): Buffer => makePdf({ pages: [{ texts: [{ x: 50, y: 50, text }] }] })
const file = (name: string, type: string, bytes: Uint8Array | string): MailFile => ({ name, type, bytes })
const CII = '<rsm:CrossIndustryInvoice xmlns:rsm="urn:x"><rsm:ID>007</rsm:ID></rsm:CrossIndustryInvoice>'

test('a mail is its people and subject, then its text', async () => {
  const model = await read(makeMail({ subject: '=?utf-8?q?Gr=C3=B6=C3=9Fe?=', text: 'Total 9.90\r\n\r\nThanks' }))

  assert.deepEqual(texts(model), [
    [
      'Subject: Größe',
      'From: Harbour Light <billing@example.com>',
      'To: accounts@example.org',
      'Date: 2026-03-02T10:00:00.000Z',
      'Total 9.90',
      'Thanks',
    ],
  ])
  assert.equal(model.metadata['messageId'], '<1@example.com>')
  assert.equal(model.attachment, undefined)
})

test('a body of HTML keeps its tables', async () => {
  const html = '<p>Your order</p><table><tr><th>Item</th><th>Price</th></tr><tr><td>Oak</td><td>9.90</td></tr></table>'

  const { tables } = await read(makeMail({ html }))

  assert.deepEqual(tables, [{ page: 1, header: ['Item', 'Price'], rows: [['Oak', '9.90']] }])
})

test('the file that is the business of a mail is read behind it, the others are named', async () => {
  const files = [
    file('terms_and_conditions.pdf', 'application/pdf', pdf('No returns')),
    file('Invoice-7.pdf', 'application/octet-stream', pdf('Invoice 7')),
    file('logo.gif', 'image/gif', 'GIF89a'),
  ]

  const model = await read(makeMail({ files }))

  assert.deepEqual(texts(model)[1], ['Invoice 7'])
  assert.deepEqual(model.attachment, { name: 'Invoice-7.pdf', mediaType: 'application/pdf', firstPage: 2 })
  assert.deepEqual(model.warnings, ['not read: logo.gif (image/gif)', 'not read: terms_and_conditions.pdf'])
  assert.equal(model.metadata['attachments'], 'terms_and_conditions.pdf, Invoice-7.pdf, logo.gif')
})

test('an e-invoice comes as a structured part beside the file that is read, once where it is that file', async () => {
  const xml = file('xrechnung.xml', 'text/xml', CII)
  const both = await read(makeMail({ files: [xml, file('copy.pdf', 'application/pdf', pdf('Invoice 7'))] }))
  const alone = await read(makeMail({ files: [xml] }))

  for (const { structured } of [both, alone])
    assert.deepEqual(
      structured.map(({ form, from }) => [form, from]),
      [['cii', 'xrechnung.xml']],
    )
  assert.deepEqual(texts(alone)[1], ['ID: 007'])
  assert.deepEqual(both.warnings, [])
})

test('the business part of a mail with a spreadsheet is the spreadsheet', async () => {
  const rows = sheetRow(1, ['mpn', 'price']) + sheetRow(2, ['R1', 1.5])
  const html = '<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>'
  const files = [file('list.xlsx', 'application/x-unknown', makeXlsx({ sheets: [{ name: 'A', rows }] }))]

  const model = await read(makeMail({ html, files }))
  const part = businessPart(model)

  assert.equal(model.tables.length, 2)
  assert.match(part.mediaType, /spreadsheetml/)
  assert.deepEqual(part.tables, [{ page: 2, header: ['mpn', 'price'], rows: [['R1', '1.5']] }])
  assert.deepEqual(businessPart(part), part)
})

test('a file that cannot be read makes way for the next and is told', async () => {
  const locked = makePdf({ pages: [{ texts: [{ x: 50, y: 50, text: 'secret' }] }], isEncrypted: true })
  const files = [file('invoice.pdf', 'application/pdf', locked), file('note.txt', 'text/plain', 'See the invoice.')]

  const model = await read(makeMail({ files }))

  assert.equal(model.attachment?.name, 'note.txt')
  assert.match(model.warnings.join(), /invoice\.pdf.*document\.encrypted/)
})

test('a mail in a mail leads to the file in there, but not for ever', async () => {
  const innermost = makeMail({ files: [file('invoice.pdf', 'application/pdf', pdf('Invoice 7'))] })
  const forward = (mail: Buffer): Buffer => makeMail({ files: [file('forwarded.eml', 'message/rfc822', mail)] })

  const twice = await read(forward(forward(innermost)))
  const often = await read(forward(forward(forward(forward(innermost)))))

  assert.deepEqual(twice.attachment, {
    name: 'forwarded.eml: forwarded.eml: invoice.pdf',
    mediaType: 'application/pdf',
    firstPage: 4,
  })
  assert.deepEqual(texts(twice)[3], ['Invoice 7'])
  assert.ok(!texts(often).flat().includes('Invoice 7'))
})

test('an encrypted mail is told from a damaged one', async () => {
  const secret = file('smime.p7m', 'application/pkcs7-mime', 'x')

  await assert.rejects(read(makeMail({ files: [secret] })), { code: 'document.encrypted' })
})
