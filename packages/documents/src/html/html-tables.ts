import type { Table } from '@stageline/domain'
import type { Cheerio, CheerioAPI } from 'cheerio'

/** Tables of data: no table inside, at least two rows and two columns. Tables made for layout hold others. */
export function htmlTables($: CheerioAPI): Table[] {
  return $('table')
    .toArray()
    .map((element) => $(element))
    .filter((table) => table.find('table').length === 0)
    .map((table) => readTable($, table))
    .filter(({ header, rows }) => rows.length + Math.sign(header.length) >= 2 && widest([header, ...rows]) >= 2)
}

type Selection = Cheerio<ReturnType<CheerioAPI>[number]>

function readTable($: CheerioAPI, table: Selection): Table {
  const rows = table
    .find('tr')
    .toArray()
    .map((row) => $(row))
  const [first] = rows
  const hasHeader = first !== undefined && first.children('th').length > 1 && first.children('td').length === 0
  const cells = rows.map((row) => cellTexts($, row)).filter((texts) => texts.some((text) => text !== ''))
  return hasHeader ? { page: 1, header: cells[0] ?? [], rows: cells.slice(1) } : { page: 1, header: [], rows: cells }
}

function cellTexts($: CheerioAPI, row: Selection): string[] {
  return row
    .children('td, th')
    .toArray()
    .map((cell) => $(cell).text().replaceAll(/\s+/g, ' ').trim())
}

const widest = (rows: string[][]): number => Math.max(0, ...rows.map((row) => row.length))
