import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCanvas } from '@napi-rs/canvas'
import { DataError } from '@stageline/domain'
import type { AcceptedMediaType } from './accepted-media-types.ts'
import { createDocumentReader } from './document-reader.ts'
import { deflateBomb, zlibBomb } from './testing/bomb.ts'
import { FAX4_PAGE } from './testing/fax4-page.ts'
import { makeMail } from './testing/make-mail.ts'
import { makeDocx, makeXlsx, paragraph } from './testing/make-office.ts'
import { makePdf } from './testing/make-pdf.ts'
import { makeTiff } from './testing/make-tiff.ts'
import { makeZip } from './testing/make-zip.ts'

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const GIGABYTE = 1_000_000_000

/** Generous for a busy machine; what is made to last for ever is killed by it. */
const TIMEOUT_MS = 60_000
const GRACE_MS = 10_000

/** How a document may end: read in part, or refused with one of these. */
type End = 'read' | 'too_complex' | 'unreadable' | 'no_content'
type Hostile = [name: string, bytes: Uint8Array, ...ends: End[]]

const groups: Partial<Record<AcceptedMediaType, () => Promise<Hostile[]> | Hostile[]>> = {
  [DOCX]: () => [
    ['unpacks to 10 GB of blanks', officeBomb('word/document.xml', '<w:document>', ' '), 'too_complex'],
    ['unpacks to 10 GB of one tag', officeBomb('word/document.xml', '<w:document a="', 'a'), 'unreadable'],
    ['unpacks to 10 GB of paragraphs', officeBomb('word/document.xml', '<w:document>', paragraph('x')), 'read'],
    ['says that it holds 60,000 files', withFileCount(60_000), 'too_complex'],
    ['has an archive where its text should be', archiveInArchive(), 'unreadable'],
    ['nests 100,000 tables', makeDocx('<w:tbl>'.repeat(100_000)), 'too_complex'],
    ['defines entities', entityDocx(), 'unreadable'],
  ],
  [XLSX]: () => [
    ['unpacks to 10 GB of texts', officeBomb('xl/sharedStrings.xml', '<sst>', '<si><t>x</t></si>'), 'too_complex'],
    ['unpacks to 10 GB of rows', officeBomb('xl/worksheets/sheet1.xml', '<a>', '<row><c><v>1</v></c></row>'), 'read'],
    ['names a cell beyond all columns', sheet('<row><c r="ZZZ1"><v>1</v></c></row>'), 'unreadable'],
    [
      'fills the last column of every row',
      sheet('<row><c r="XFD1"><v>1</v></c></row>'.repeat(20_000)),
      'read',
      'no_content',
    ],
  ],
  'application/pdf': () => [
    ['has 10,000 pages', manyPages(), 'read'],
    [
      'has itself as a page',
      rawPdf(['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [2 0 R] /Count 9 >>']),
      'unreadable',
      'no_content',
    ],
    ['draws itself', selfDrawing(), 'read', 'too_complex', 'unreadable', 'no_content'],
    ['has files in a tree without end', endlessNames(), 'read', 'no_content', 'unreadable'],
    ['unpacks to 10 GB', contentPdf(zlibBomb(10 * GIGABYTE, ' ')), 'too_complex', 'no_content', 'unreadable'],
    ['has broken contents', contentPdf(Buffer.from('not packed at all')), 'no_content', 'unreadable', 'read'],
    ['nests 100,000 lists', onePage(`/Deep ${'['.repeat(100_000)}`), 'too_complex', 'unreadable', 'no_content', 'read'],
    ['is nothing after its header', Buffer.from('%PDF-1.7\n%%EOF'), 'unreadable'],
  ],
  'image/png': async () => [['claims 60,000 by 60,000 pixels', await hugePng(), 'too_complex']],
  'image/jpeg': async () => [['claims 60,000 by 60,000 pixels', await hugeJpeg(), 'too_complex']],
  'image/tiff': () => [
    ['claims 60,000 by 60,000 pixels', makeTiff([{ ...FAX4_PAGE, width: 60_000, height: 60_000 }]), 'too_complex'],
    ['leads back to its first page', endlessTiff(), 'unreadable'],
    ['unpacks to 10 GB', makeTiff([{ ...FAX4_PAGE, packing: 8, bytes: zlibBomb(10 * GIGABYTE, '\0') }]), 'too_complex'],
  ],
  'text/html': () => [
    ['nests 100,000 elements', Buffer.from(`${'<div>'.repeat(100_000)}text`), 'read', 'too_complex'],
    ['nests 3,000 tables', Buffer.from(`${'<table><tr><td>'.repeat(3_000)}text`), 'read', 'too_complex'],
  ],
  'application/xml': () => [
    ['expands entities', Buffer.from(laughs('<a>&l9;</a>')), 'read', 'unreadable', 'too_complex'],
    ['nests 100,000 elements', Buffer.from(`${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}`), 'too_complex'],
  ],
  'message/rfc822': () => [
    ['has 10,000 files', mailOfFiles(10_000), 'too_complex'],
    ['has 10,000 texts', Buffer.from(`${MAIL_HEAD}${'--cut\r\n\r\ntext\r\n'.repeat(10_000)}--cut--`), 'read'],
    ['nests 1,000 levels of parts', nestedParts(1_000), 'too_complex'],
    ['holds 1,000 mails, each in the one before', nestedMails(1_000), 'read'],
    [
      'has 2 MB of headers',
      Buffer.from(`From: a@example.com\r\n${'X-A: b\r\n'.repeat(250_000)}\r\ntext`),
      'too_complex',
    ],
    [
      'brings a bomb',
      makeMail({
        files: [{ name: 'a.docx', type: DOCX, bytes: officeBomb('word/document.xml', '<w:document>', ' ', GIGABYTE) }],
      }),
      'read',
    ],
  ],
}

for (const [mediaType, make] of Object.entries(groups)) {
  test(`hostile ${mediaType} does no harm to the document after it`, async () => {
    await using reader = createDocumentReader({ timeoutMs: TIMEOUT_MS, maxRssMb: 700 })

    for (const [name, bytes, ...ends] of await make()) {
      const began = performance.now()
      const end = await reader.read(bytes, { mediaType }).then(
        () => 'document.read',
        (error: unknown) => (error instanceof DataError ? error.code : String(error)),
      )
      assert.ok(
        ends.some((wanted) => end === `document.${wanted}`),
        `one that ${name} ended as ${end}`,
      )
      assert.ok(performance.now() - began < TIMEOUT_MS + GRACE_MS, `one that ${name} took too long`)

      const next = await reader.read(Buffer.from('still here'), { mediaType: 'text/plain' })
      assert.equal(next.pages[0]?.lines[0]?.text, 'still here', `after one that ${name}`)
    }
  })
}

test('what is packed as a whole is not read at all', async () => {
  await using reader = createDocumentReader()

  const endless = reader.read(Buffer.from('1f8b08', 'hex'), { mediaType: 'application/gzip' })

  await assert.rejects(endless, { name: 'DataError', code: 'document.unsupported_type' })
})

/** A package one of whose parts begins as it should and then repeats itself. */
function officeBomb(part: string, begin: string, repeated: string, bytes = 10 * GIGABYTE): Buffer {
  const type = 'http://x/officeDocument'
  const pointer = (id: string, kind: string, target: string): string =>
    `<Relationship Id="${id}" Type="${type}/${kind}" Target="${target}"/>`
  const main = part.startsWith('xl/') ? 'xl/workbook.xml' : part
  const sheets =
    pointer('r1', 'worksheet', 'worksheets/sheet1.xml') + pointer('r2', 'sharedStrings', 'sharedStrings.xml')
  return makeZip([
    { name: '_rels/.rels', contents: `<R>${pointer('r1', 'officeDocument', main)}</R>` },
    { name: 'xl/workbook.xml', contents: '<workbook><sheets><sheet name="A" r:id="r1"/></sheets></workbook>' },
    { name: 'xl/_rels/workbook.xml.rels', contents: `<R>${sheets}</R>` },
    { name: part, contents: '', packed: deflateBomb(bytes, repeated, begin) },
  ])
}

function withFileCount(count: number): Buffer {
  const bytes = makeDocx(paragraph('text'))
  bytes.writeUInt16LE(count, bytes.length - 12)
  return bytes
}

const archiveInArchive = (): Buffer =>
  makeZip([
    { name: '_rels/.rels', contents: '<R><Relationship Id="1" Type="x/officeDocument" Target="a.zip"/></R>' },
    { name: 'a.zip', contents: makeDocx(paragraph('text')) },
  ])

/** Ten entities, each ten times the one before. */
const laughs = (body: string): string =>
  `<!DOCTYPE a [<!ENTITY l0 "lol">${Array.from({ length: 9 }, (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`).join('')}]>${body}`

const entityDocx = (): Buffer =>
  makeZip([
    { name: '_rels/.rels', contents: '<R><Relationship Id="1" Type="x/officeDocument" Target="a.xml"/></R>' },
    { name: 'a.xml', contents: laughs(`<w:document>${paragraph('&l9;')}</w:document>`) },
  ])

const sheet = (rows: string): Buffer => makeXlsx({ sheets: [{ name: 'A', rows }] })

const manyPages = (): Buffer =>
  makePdf({ pages: Array.from({ length: 10_000 }, () => ({ texts: [{ x: 50, y: 50, text: 'page' }] })) })

/** Objects without a table of where they are: readers look for them. The first is the catalogue. */
const rawPdf = (objects: (string | Buffer)[]): Buffer =>
  Buffer.concat([
    Buffer.from('%PDF-1.7\n'),
    ...objects.flatMap((object, index) => [
      Buffer.from(`${index + 1} 0 obj\n`),
      Buffer.from(object),
      Buffer.from('\nendobj\n'),
    ]),
    Buffer.from(`trailer << /Root 1 0 R /Size ${objects.length + 1} >>\nstartxref\n7\n%%EOF`),
  ])

const stream = (about: string, bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`<< ${about} /Length ${bytes.length} >>\nstream\n`), bytes, Buffer.from('\nendstream')])

const onePage = (about: string, catalogue = '', ...others: (string | Buffer)[]): Buffer =>
  rawPdf([
    `<< /Type /Catalog /Pages 2 0 R ${catalogue} >>`,
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] ${about} >>`,
    ...others,
  ])

const contentPdf = (packed: Buffer): Buffer => onePage('/Contents 4 0 R', '', stream('/Filter /FlateDecode', packed))

function selfDrawing(): Buffer {
  const resources = '/Resources << /XObject << /X 4 0 R >> >>'
  const form = stream(`/Type /XObject /Subtype /Form /BBox [0 0 9 9] ${resources}`, Buffer.from('/X Do /X Do'))
  return onePage(`${resources} /Contents 5 0 R`, '', form, stream('', Buffer.from('/X Do')))
}

const endlessNames = (): Buffer => onePage('', '/Names << /EmbeddedFiles 4 0 R >>', '<< /Kids [4 0 R 4 0 R] >>')

async function hugePng(): Promise<Buffer> {
  const bytes = Buffer.from(await createCanvas(8, 8).encode('png'))
  bytes.writeUInt32BE(60_000, 16)
  bytes.writeUInt32BE(60_000, 20)
  return bytes
}

/** The size stands behind the marker of the frame: C0, or C2 where it is progressive. */
async function hugeJpeg(): Promise<Buffer> {
  const bytes = Buffer.from(await createCanvas(8, 8).encode('jpeg'))
  const frame = Math.max(bytes.indexOf('ffc0', 'hex'), bytes.indexOf('ffc2', 'hex'))
  bytes.writeUInt16BE(60_000, frame + 5)
  bytes.writeUInt16BE(60_000, frame + 7)
  return bytes
}

function endlessTiff(): Buffer {
  const bytes = makeTiff([FAX4_PAGE, FAX4_PAGE])
  bytes.writeUInt32LE(bytes.readUInt32LE(4), bytes.length - 4)
  return bytes
}

const MAIL_HEAD = 'From: a@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=cut\r\n\r\n'

const mailOfFiles = (count: number): Buffer =>
  Buffer.from(`${MAIL_HEAD}${'--cut\r\nContent-Type: a/b\r\n\r\ntext\r\n'.repeat(count)}--cut--`)

function nestedParts(levels: number): Buffer {
  const heads = Array.from({ length: levels }, (_, index) => {
    const above = index === 0 ? '' : `--b${index - 1}\r\n`
    return `${above}Content-Type: multipart/mixed; boundary=b${index}\r\n\r\n`
  })
  return Buffer.from(`From: a@example.com\r\nMIME-Version: 1.0\r\n${heads.join('')}`)
}

const nestedMails = (count: number): Buffer =>
  Buffer.from(`${'From: a@example.com\r\nContent-Type: message/rfc822\r\n\r\n'.repeat(count)}\r\ntext`)
