import type { Page, Table } from '@stageline/domain'
import type { DocumentDraft, DocumentSource } from '../document-draft.ts'
import { DOCUMENT_LIMITS } from '../document-limits.ts'
import { markupPage } from '../text/markup-page.ts'
import { openWorkbook, type OpenWorkbook } from './open-workbook.ts'

/**
 * XLSX: each visible sheet as a page and a table, read like CSV: the first full row is the header, each row a line with
 * its cells joined by ` | `. Lines above the header (a title, a date) stay lines.
 *
 * @throws DataError `document.unreadable`, `document.encrypted`, `document.too_complex`
 */
export async function readXlsx({ bytes }: DocumentSource): Promise<DocumentDraft> {
  const { sheets, metadata } = await openWorkbook(bytes)
  const left = { rows: DOCUMENT_LIMITS.lines + 1, cells: DOCUMENT_LIMITS.cells as number }
  const pages: Page[] = []
  const tables: Table[] = []
  for (const sheet of sheets) {
    const rows = await readRows(sheet, left)
    if (rows.length === 0) continue
    const number = pages.length + 1
    pages.push({ ...markupPage(rows.map((cells) => cells.join(' | '))), number })
    tables.push(toTable(rows, number))
  }
  const isCut = left.rows <= 0 || left.cells <= 0
  return {
    pages,
    tables,
    metadata: {
      ...metadata,
      sheets: sheets
        .map(({ name }) => name)
        .join(', ')
        .slice(0, 500),
    },
    warnings: isCut
      ? [`only the first ${DOCUMENT_LIMITS.lines} rows and ${DOCUMENT_LIMITS.cells} cells were read`]
      : [],
  }
}

async function readRows(
  sheet: OpenWorkbook['sheets'][number],
  left: { rows: number; cells: number },
): Promise<string[][]> {
  const rows: string[][] = []
  if (left.rows <= 0 || left.cells <= 0) return rows
  for await (const { cells } of sheet.rows()) {
    left.rows -= 1
    left.cells -= cells.length
    if (left.rows <= 0 || left.cells <= 0) break
    rows.push(cells)
  }
  return rows
}

const SAMPLE_ROWS = 20

/** The header is the first of the first rows that fills half of the columns; titles fill one. Empty first columns go. */
function toTable(rows: string[][], page: number): Table {
  const start = Math.min(...rows.map((cells) => cells.findIndex((cell) => cell !== '')))
  const cut = rows.map((cells) => cells.slice(start))
  const sample = cut.slice(0, SAMPLE_ROWS).map((cells) => cells.filter((cell) => cell !== '').length)
  const at = sample.findIndex((count) => count * 2 >= Math.max(...sample))
  const [header = [], ...others] = cut.slice(Math.max(0, at))
  return { page, header, rows: others.map((cells) => padded(cells, header.length)) }
}

const padded = (cells: string[], width: number): string[] =>
  cells.length < width ? [...cells, ...Array<string>(width - cells.length).fill('')] : cells
