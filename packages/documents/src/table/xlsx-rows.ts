import { DataError, type TableRow } from '@stageline/domain'
import { openWorkbook } from '../office/open-workbook.ts'
import { HeaderColumns } from './header-columns.ts'

/** A sheet ends at 1,048,576 rows; these are room for that many. What is unpacked is not held, except for shared texts. */
export const XLSX_LIMITS = { packedBytes: 150_000_000, unpackedBytes: 1_500_000_000, textBytes: 200_000_000 } as const

/** The first visible sheet of a workbook; its first row that is not empty is the header. */
export async function* xlsxRows(bytes: Uint8Array): AsyncGenerator<TableRow> {
  const { sheets } = await openWorkbook(bytes, XLSX_LIMITS)
  const [sheet] = sheets
  if (!sheet) throw new DataError('document.unreadable', 'the workbook has no sheet')
  let header: HeaderColumns | undefined
  for await (const { number, cells } of sheet.rows()) {
    if (header) yield header.row(cells, number)
    else yield { line: number, columns: (header = new HeaderColumns(cells, number)).names }
  }
}
