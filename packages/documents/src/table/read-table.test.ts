import type { TableCharset, TableRow } from '@stageline/domain'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateBomb } from '../testing/bomb.ts'
import { makeXlsx, sheetRow } from '../testing/make-office.ts'
import { makeZip } from '../testing/make-zip.ts'
import { readTable } from './read-table.ts'

async function rowsOf(
  content: string | Uint8Array,
  { charset, pieces = 7 }: { charset?: TableCharset; pieces?: number } = {},
) {
  const bytes = Buffer.from(content)
  const file = {
    bytes: bytes.length,
    async *chunks() {
      for (let at = 0; at < bytes.length; at += pieces) yield bytes.subarray(at, at + pieces)
    },
  }
  const rows: TableRow[] = []
  for await (const row of readTable(file, charset))
    rows.push('record' in row ? { ...row, record: { ...row.record } } : row)
  return rows
}

test('CSV comes as records by the names of its columns, with lines as an editor counts them', async () => {
  const rows = await rowsOf('key,name, kind\nR1,"two\nlines",part\n\nR2,,part\nR3,"a ""b"", c"\n')

  assert.deepEqual(rows, [
    { line: 1, columns: ['key', 'name', 'kind'] },
    { line: 2, record: { key: 'R1', name: 'two\nlines', kind: 'part' } },
    { line: 5, record: { key: 'R2', kind: 'part' } },
    { line: 6, record: { key: 'R3', name: 'a "b", c' } },
  ])
})

test('a byte order mark, Windows line ends, semicolons and inches within a value are no trouble', async () => {
  const rows = await rowsOf('\uFEFFkey;name\r\n1;27" monitor\r\n2;"Schrauben; M4"\r\n')

  assert.deepEqual(rows, [
    { line: 1, columns: ['key', 'name'] },
    { line: 2, record: { key: '1', name: '27" monitor' } },
    { line: 3, record: { key: '2', name: 'Schrauben; M4' } },
  ])
})

test('letters that two pieces share are whole, and other charsets are read where they are named', async () => {
  const utf8 = await rowsOf('key,name\n1,Büro 東京\n', { pieces: 1 })
  const windows = await rowsOf(Buffer.from('key,name\n1,B\u00fcro\n', 'latin1'), { charset: 'windows-1252' })
  const utf16 = await rowsOf(Buffer.from('\uFEFFkey,name\n1,Büro\n', 'utf16le'), { pieces: 3 * 2 })

  assert.deepEqual(utf8[1], { line: 2, record: { key: '1', name: 'Büro 東京' } })
  assert.deepEqual(windows[1], { line: 2, record: { key: '1', name: 'Büro' } })
  assert.deepEqual(utf16[1], { line: 2, record: { key: '1', name: 'Büro' } })
})

test('bytes of another charset are refused with their line and what helps', async () => {
  await assert.rejects(rowsOf(Buffer.from('key,name\n1,a\n2,B\u00fcro\n', 'latin1'), { pieces: 100 }), {
    code: 'document.unreadable',
    message: /line 3 is not utf-8.*charset=windows-1252/,
  })
})

test('a row with more cells than the header is a fault of its own', async () => {
  const rows = await rowsOf('key,name\n1,a,b\n2,c\n')

  assert.match(JSON.stringify(rows[1]), /"line":2,.*has 3 cells, the header 2/)
  assert.deepEqual(rows[2], { line: 3, record: { key: '2', name: 'c' } })
})

test('JSON lines keep their values, and what is no object is a fault of its line', async () => {
  const rows = await rowsOf('{"key":"1","pins":2}\r\n\n{"key":\n[1]\n{"key":"2"}')

  assert.deepEqual(
    rows.map((row) => ('record' in row ? row.record : 'fault' in row ? [row.line, row.fault.slice(0, 10)] : 0)),
    [{ key: '1', pins: 2 }, [3, 'is no JSON'], [4, 'is no JSON'], { key: '2' }],
  )
})

test('a workbook is read like CSV, with the numbers of its rows', async () => {
  const rows = sheetRow(2, ['key', 'name']) + sheetRow(4, ['R1', 1.5]) + sheetRow(5, ['R2', 'x', 'more'])

  const read = await rowsOf(makeXlsx({ sheets: [{ name: 'Parts', rows }] }))

  assert.deepEqual(read.slice(0, 2), [
    { line: 2, columns: ['key', 'name'] },
    { line: 4, record: { key: 'R1', name: '1.5' } },
  ])
  assert.match(JSON.stringify(read[2]), /"line":5,.*has 3 cells/)
})

const sheetOf = (contents: Buffer) =>
  makeZip([
    {
      name: '_rels/.rels',
      contents: '<Relationships><Relationship Id="a" Type="x/officeDocument" Target="w.xml"/></Relationships>',
    },
    { name: 'w.xml', contents: '<workbook><sheets><sheet name="A" id="b"/></sheets></workbook>' },
    {
      name: '_rels/w.xml.rels',
      contents: '<Relationships><Relationship Id="b" Type="x/worksheet" Target="s.xml"/></Relationships>',
    },
    { name: 's.xml', contents: '', packed: contents },
  ])

for (const [what, content, message] of [
  ['nothing', '', /no content/],
  ['blanks', ' \n \n', /no content/],
  ['a JSON array', '[{"key":"1"}]', /JSON array/],
  ['two columns of one name', 'key,key\n1,2\n', /line 1: two columns are called "key"/],
  ['an open quote', 'key,name\n1,"a\n2,b\n', /quote is still open/],
  ['a cell without end', `key,name\n1,"${'x'.repeat(1_100_000)}`, /more than 1000000 characters/],
  ['a line without end', `{"key":"${'x'.repeat(1_100_000)}`, /line 1 has more than 1000000/],
  ['an old workbook', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 1]), /save it as \.xlsx/],
  ['a broken archive', Buffer.from('PK\u0003\u0004'), /archive/],
  [
    'a cell that unpacks to a million letters',
    sheetOf(deflateBomb(30_000_000, 'x', '<worksheet><sheetData><row><c t="str"><v>')),
    /cell of more than/,
  ],
] as const) {
  test(`${what}: refused as a whole, with what helps`, async () => {
    await assert.rejects(rowsOf(content, { pieces: 65_536 }), message)
  })
}
