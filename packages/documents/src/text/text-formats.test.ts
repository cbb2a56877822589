import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DocumentDraft } from '../document-draft.ts'
import { decodeText } from './decode-text.ts'
import { decodeXmlEntities } from './decode-xml-entities.ts'
import { readCsv } from './read-csv.ts'
import { readJson } from './read-json.ts'
import { readPlainText } from './read-plain-text.ts'
import { readXml } from './read-xml.ts'

test('text is decoded by its mark, then its declaration, then as UTF-8, then as Latin 1', () => {
  assert.deepEqual(decodeText(Buffer.from('\uFEFFé', 'utf16le'), 'utf-8'), { text: 'é', charset: 'utf-16le' })
  assert.deepEqual(decodeText(Buffer.from([0xa4]), 'iso-8859-15'), { text: '€', charset: 'iso-8859-15' })
  assert.deepEqual(decodeText(Buffer.from('é')), { text: 'é', charset: 'utf-8' })
  assert.deepEqual(decodeText(Buffer.from('é', 'latin1')), { text: 'é', charset: 'windows-1252' })
  assert.deepEqual(decodeText(Buffer.from('é'), 'no-such-charset'), { text: 'é', charset: 'utf-8' })
})

test('plain text keeps its columns and loses its blank lines', () => {
  assert.deepEqual(lines(readPlainText({ bytes: Buffer.from('Total   1.00\r\n\r\n  Thanks') })), [
    'Total   1.00',
    'Thanks',
  ])
})

test('CSV becomes one table, by whichever character cuts it', () => {
  for (const delimiter of [',', ';', '\t', '|']) {
    const bytes = Buffer.from(`\uFEFFpart${delimiter}note\nR1${delimiter}"a ""b""\nc"\n\nR2${delimiter}\n`)

    const { tables } = readCsv({ bytes })

    assert.deepEqual(tables, [
      {
        page: 1,
        header: ['part', 'note'],
        rows: [
          ['R1', 'a "b"\nc'],
          ['R2', ''],
        ],
      },
    ])
  }
})

test('CSV with rows of different length is read as it stands', () => {
  const { tables } = readCsv({
    bytes: Buffer.from('a,b,c\n1,2\n1,2,3,4\n4,5,6\n7,8,9\n1,1,1\n2,2,2\n3,3,3\n4,4,4\n5,5,5\n'),
  })

  assert.deepEqual(tables?.[0]?.rows.slice(0, 2), [
    ['1', '2'],
    ['1', '2', '3', '4'],
  ])
})

test('JSON lines name the path and keep figures as written', () => {
  const draft = readJson({
    bytes: Buffer.from('{"item":{"price":1.10,"tags":["new",null]},"order":12345678901234567890}'),
  })

  assert.deepEqual(lines(draft), ['item.price: 1.10', 'item.tags[0]: new', 'order: 12345678901234567890'])
  assert.deepEqual(draft.structured?.[0], {
    form: 'json',
    from: 'document',
    data: { item: { price: 1.1, tags: ['new', null] }, order: '12345678901234567890' },
  })
})

test('JSON nested too deep is refused', () => {
  const bytes = Buffer.from(`${'['.repeat(200)}1${']'.repeat(200)}`)

  assert.throws(() => readJson({ bytes }), { code: 'document.too_complex' })
})

test('e-invoices are told by their root, with values as written', () => {
  const ubl = readXml({ bytes: Buffer.from('<u:Invoice xmlns:u="urn:u"><u:ID schemeID="x">007</u:ID></u:Invoice>') })
  const note = readXml({ bytes: Buffer.from('<CreditNote><ID>1</ID></CreditNote>') })
  const cii = readXml({
    bytes: Buffer.from('<c:CrossIndustryInvoice xmlns:c="urn:c"><c:T>1.10</c:T></c:CrossIndustryInvoice>'),
  })
  const other = readXml({ bytes: Buffer.from('<order><id>1</id></order>') })

  assert.deepEqual(
    [ubl, note, cii, other].map((draft) => draft.structured?.[0]?.form),
    ['ubl', 'ubl', 'cii', 'xml'],
  )
  assert.partialDeepStrictEqual(ubl.structured?.[0]?.data, { Invoice: { ID: { '#text': '007', '@_schemeID': 'x' } } })
  assert.partialDeepStrictEqual(cii.structured?.[0]?.data, { CrossIndustryInvoice: { T: '1.10' } })
  assert.deepEqual(lines(ubl), ['ID: 007'])
})

test('XML in the charset that it declares is read, embedded files are left out', () => {
  const text =
    '<?xml version="1.0" encoding="ISO-8859-1"?><a><n>Müller &amp; Söhne</n><BinaryObject>AAAA</BinaryObject></a>'

  assert.deepEqual(lines(readXml({ bytes: Buffer.from(text, 'latin1') })), ['n: Müller & Söhne'])
})

test('entities of a document type are not expanded, and those that point outside are refused', () => {
  const inside = Buffer.from('<!DOCTYPE a [<!ENTITY b "expanded">]><a><c>&b;</c></a>')
  const outside = Buffer.from('<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/hostname">]><a><c>&f;</c></a>')

  assert.deepEqual(lines(readXml({ bytes: inside })), ['c: &b;'])
  assert.throws(() => readXml({ bytes: outside }), { code: 'document.unreadable' })
})

test('XML that is not well-formed is unreadable, and nested too deep too complex', () => {
  assert.throws(() => readXml({ bytes: Buffer.from('<a><b></a>') }), { code: 'document.unreadable' })
  const deep = Buffer.from(`${'<a>'.repeat(300)}1${'</a>'.repeat(300)}`)
  assert.throws(() => readXml({ bytes: deep }), { code: 'document.too_complex' })
})

test('predefined entities and character references are decoded once', () => {
  assert.equal(decodeXmlEntities('&lt;&amp;amp;&#65;&#x20AC;&nbsp;&#x110000;'), '<&amp;A€&nbsp;&#x110000;')
})

const lines = ({ pages = [] }: DocumentDraft): string[] => pages.flatMap((page) => page.lines.map(({ text }) => text))
