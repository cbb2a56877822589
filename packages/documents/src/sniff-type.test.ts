import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCanvas } from '@napi-rs/canvas'
import { sniffType } from './sniff-type.ts'
import { FAX4_PAGE } from './testing/fax4-page.ts'
import { makeMail } from './testing/make-mail.ts'
import { makeDocx, makeXlsx, paragraph } from './testing/make-office.ts'
import { makePdf } from './testing/make-pdf.ts'
import { makeTiff } from './testing/make-tiff.ts'
import { makeZip } from './testing/make-zip.ts'

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

const CASES: [content: string | Buffer, mediaType: string][] = [
  [makePdf({ pages: [{}] }), 'application/pdf'],
  [Buffer.concat([Buffer.from('junk before\n'), makePdf({ pages: [{}] })]), 'application/pdf'],
  [await createCanvas(9, 9).encode('png'), 'image/png'],
  [await createCanvas(9, 9).encode('jpeg'), 'image/jpeg'],
  ['<!DOCTYPE html><p>x', 'text/html'],
  ['<!-- saved --> \n<html lang=en><p>x', 'text/html'],
  ['<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml">', 'text/html'],
  ['<div class=a>part of a page</div>', 'text/html'],
  ['<?xml version="1.0"?>\n<Invoice xmlns="urn:x"/>', 'application/xml'],
  ['\uFEFF<rsm:CrossIndustryInvoice xmlns:rsm="urn:x">', 'application/xml'],
  [Buffer.from('\uFEFF<a><b>1</b></a>', 'utf16le'), 'application/xml'],
  ['{"part": "R1"}', 'application/json'],
  ['[{"part": "R1"}]', 'application/json'],
  ['[see note] this is a text\n', 'text/plain'],
  ['part,maker,price\nR1,Acme,1.00\nR2,Acme,2.00\n', 'text/csv'],
  ['Artikel;Preis\n"Schraube; lang";1,00\n', 'text/csv'],
  [Buffer.from('Größe;Stück\n10;3\n', 'latin1'), 'text/csv'],
  ['Dear Sir,\nplease find enclosed what we spoke of, as agreed.\nYours, the shop\n', 'text/plain'],
  ['From: shop@example.com\nTo: you@example.com\nSubject: your order\n\nThank you', 'message/rfc822'],
  ['DKIM-Signature: v=1;\n\ta=rsa\nReceived: from a\nSubject: your order\n\nThank you', 'message/rfc822'],
  [makeMail({}), 'message/rfc822'],
  ['Date: 2026-03-02\nSubject: minutes\nPresent: Ann, Bob\n\nWe met.', 'text/plain'],
  ['From: Leeds\nTo: York\nthe train takes half an hour\n', 'text/plain'],
  [makeTiff([FAX4_PAGE]), 'image/tiff'],
  [makeDocx(paragraph('text')), DOCX],
  [makeXlsx({ sheets: [{ name: 'A', rows: '' }] }), XLSX],
  [makeZip([{ name: 'readme.txt', contents: 'hello' }]), 'application/zip'],
  [Buffer.from('Straße 5, 2 Stück für 3 €', 'utf8'), 'text/plain'],
]

test('the content decides on the type, whatever the name says', async () => {
  for (const [content, mediaType] of CASES) {
    const sniffed = await sniffType(Buffer.from(content).subarray(0, 4100), 'wrong.gif')
    assert.equal(sniffed.mediaType, mediaType, content.toString().slice(0, 60))
  }
})

test('what has no bytes is empty, and what is neither text nor known is unknown', async () => {
  assert.deepEqual(await sniffType(new Uint8Array()), { mediaType: undefined, code: 'document.empty' })
  const noise = Buffer.from([1, 2, 3, 0, 250, 7, 8, 0, 0, 130, 17, 5])
  assert.deepEqual(await sniffType(noise), { mediaType: undefined, code: 'document.unknown_type' })
})

test('a head that ends within a character is still UTF-8', async () => {
  const cut = Buffer.from('name;größe;stück\nä;ö;ü').subarray(0, -1)

  assert.equal((await sniffType(cut)).mediaType, 'text/csv')
})

test('the name decides between prose and a table of one row', async () => {
  const content = Buffer.from('part,price\nR1,1.00\n')

  assert.equal((await sniffType(content, 'parts.csv')).mediaType, 'text/csv')
  assert.equal((await sniffType(content, 'parts.txt')).mediaType, 'text/plain')
})

test('the name decides between Office packages whose beginning could be of any', async () => {
  const content = makeZip([{ name: 'docProps/app.xml', contents: '<Properties/>' }])

  assert.equal((await sniffType(content, 'letter.DOCX')).mediaType, DOCX)
  assert.equal((await sniffType(content, 'list.xlsm')).mediaType, XLSX)
  assert.equal((await sniffType(content)).mediaType, 'application/zip')
})

test('an Office file with a password says what to do', async () => {
  const content = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)])

  assert.match(Object(await sniffType(content, 'secret.docx')).hint, /password/)
})
