import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeXlsx, sheetRow, type XlsxSpec } from '../testing/make-office.ts'
import { cellFormat, showNumber } from './cell-format.ts'
import { readXlsx } from './read-xlsx.ts'

const tableOf = async (spec: Omit<XlsxSpec, 'sheets'> & { rows: string }) => {
  const { rows, ...others } = spec
  const { tables = [] } = await readXlsx({ bytes: makeXlsx({ sheets: [{ name: 'Parts', rows }], ...others }) })
  return tables[0]
}

test('each visible sheet is a page and a table', async () => {
  const sheets = [
    { name: 'Parts', rows: sheetRow(1, ['mpn', 'price']) + sheetRow(2, ['R1', 1.5]) },
    { name: 'Notes', rows: sheetRow(1, ['internal', 'only']), state: 'hidden' },
    { name: 'Empty', rows: '' },
    { name: 'Makers', rows: sheetRow(1, ['name', 'town']) + sheetRow(2, ['Acme', 'Leeds']) },
  ]

  const { pages, tables, metadata } = await readXlsx({ bytes: makeXlsx({ sheets }) })

  assert.deepEqual(
    pages?.map(({ number, lines }) => [number, lines.map(({ text }) => text)]),
    [
      [1, ['mpn | price', 'R1 | 1.5']],
      [2, ['name | town', 'Acme | Leeds']],
    ],
  )
  assert.deepEqual(tables?.[1], { page: 2, header: ['name', 'town'], rows: [['Acme', 'Leeds']] })
  assert.equal(metadata?.['sheets'], 'Parts, Empty, Makers')
})

test('cells stand in their columns, whichever of them are there', async () => {
  const rows = `${sheetRow(1, ['a', 'b', 'c'])}<row r="4"><c r="C4"><v>3</v></c></row><row><c r="A5" t="b"><v>1</v></c><c t="e"><v>#N/A</v></c></row>`

  assert.deepEqual((await tableOf({ rows }))?.rows, [
    ['', '', '3'],
    ['TRUE', '#N/A', ''],
  ])
})

test('shared texts are found, their pieces joined, and reading aids left out', async () => {
  const texts = ['<r><t>Har</t></r><r><t>bour</t></r>', '<t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh>']
  const rows = `${sheetRow(1, ['name', 'town'])}<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>`

  assert.deepEqual((await tableOf({ rows, texts }))?.rows, [['Harbour', '東京']])
})

test('a title above the header is no header', async () => {
  const rows =
    sheetRow(1, ['Price list 2026']) + sheetRow(3, ['mpn', 'maker', 'price']) + sheetRow(4, ['R1', 'Acme', 0.3])

  const table = await tableOf({ rows })

  assert.deepEqual([table?.header, table?.rows], [['mpn', 'maker', 'price'], [['R1', 'Acme', '0.3']]])
})

test('numbers are shown as the sheet shows them', async () => {
  const styles =
    '<numFmts><numFmt numFmtId="164" formatCode="00000"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>' +
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="9"/><xf numFmtId="164"/></cellXfs>'
  const cells = [0, 1, 2, 3].map((style) => `<c s="${style}"><v>${[0.1 + 0.2, 46_083, 0.19, 123][style]}</v></c>`)
  const rows = `${sheetRow(1, ['a', 'b', 'c', 'd'])}<row>${cells.join('')}</row>`

  assert.deepEqual((await tableOf({ rows, styles }))?.rows, [['0.3', '2026-03-02', '19%', '00123']])
  assert.equal((await tableOf({ rows, styles, properties: '<workbookPr date1904="1"/>' }))?.rows[0]?.[1], '2030-03-03')
})

test('formats tell dates from numbers, whatever stands in quotes and brackets', () => {
  for (const code of ['dd/mm/yyyy', '[$-407]d. mmmm yyyy', 'h:mm AM/PM', '[h]:mm'])
    assert.equal(cellFormat(164, code), 'date')
  for (const code of ['0.00 "days"', '[Red]0.00', '#,##0.00\\ \\d', 'General'])
    assert.equal(cellFormat(164, code), undefined)
  assert.equal(cellFormat(164, '0.0%'), 'percent')
})

test('dates before March 1900, times, and moments are right', () => {
  const cases: [string, string][] = [
    ['1', '1900-01-01'],
    ['59', '1900-02-28'],
    ['61', '1900-03-01'],
    ['0.5', '12:00:00'],
    ['46083.25', '2026-03-02 06:00:00'],
    ['-1', '-1'],
  ]
  for (const [written, shown] of cases) assert.equal(showNumber(written, 'date', false), shown)
})

test('rows and cells beyond the limits are left out with a warning', async () => {
  const long = Array.from({ length: 20_050 }, (_, index) => sheetRow(index + 1, [index])).join('')
  const wide = Array.from({ length: 100 }, () => '<row><c r="XFD1"><v>1</v></c></row>').join('')

  const [read, cut] = await Promise.all(
    [long, wide].map((rows) => readXlsx({ bytes: makeXlsx({ sheets: [{ name: 'A', rows }] }) })),
  )

  assert.equal(read?.pages?.[0]?.lines.length, 20_000)
  assert.match(read?.warnings?.join() ?? '', /20000 rows/)
  assert.ok((cut?.pages?.[0]?.lines.length ?? 0) < 31)
  assert.match(cut?.warnings?.join() ?? '', /500000 cells/)
})
