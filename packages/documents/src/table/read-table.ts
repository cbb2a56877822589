import { DataError, type TableCharset, type TableFile, type TableRow } from '@stageline/domain'
import { csvRows } from './csv-rows.ts'
import { decodedText } from './decoded-text.ts'
import { lineRows } from './line-rows.ts'
import { XLSX_LIMITS, xlsxRows } from './xlsx-rows.ts'

/**
 * Reads a table as CSV, JSON lines or XLSX, told apart by the content, a row at a time. Text of any size takes the
 * memory of a row; a workbook is held packed, and its shared texts unpacked. Rows that are faulty come as faults.
 *
 * @param charset of text; a byte order mark wins
 * @throws DataError where the file as a whole cannot be read: `document.empty`, `document.unreadable`,
 *   `document.encrypted`, `document.too_complex`
 */
export async function* readTable(file: TableFile, charset: TableCharset = 'utf-8'): AsyncGenerator<TableRow> {
  const head = await headOf(file)
  if (startsWith(head, [0x50, 0x4b])) return yield* xlsxRows(await wholeOf(file))
  if (startsWith(head, [0xd0, 0xcf, 0x11, 0xe0]))
    throw new DataError('document.encrypted', 'this is an old or a protected Office file: save it as .xlsx or .csv')
  const text = decodedText(file.chunks(), charset)
  const first = firstSign(head)
  if (first === undefined) throw new DataError('document.empty', 'the file has no content')
  if (first === '[')
    throw new DataError(
      'document.unreadable',
      'this is a JSON array: write each item on a line, without commas between',
    )
  yield* first === '{' ? lineRows(text) : csvRows(text)
}

const HEAD_BYTES = 4_096

async function headOf(file: TableFile): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of file.chunks()) {
    parts.push(chunk)
    length += chunk.length
    if (length >= HEAD_BYTES) break
  }
  return Buffer.concat(parts).subarray(0, HEAD_BYTES)
}

async function wholeOf(file: TableFile): Promise<Uint8Array> {
  if (file.bytes > XLSX_LIMITS.packedBytes)
    throw new DataError('document.too_complex', `a workbook may have ${XLSX_LIMITS.packedBytes} bytes: save it as CSV`)
  const parts: Uint8Array[] = []
  for await (const chunk of file.chunks()) parts.push(chunk)
  return Buffer.concat(parts)
}

const startsWith = (head: Uint8Array, signs: readonly number[]): boolean => signs.every((sign, at) => head[at] === sign)

const MARKS = [0xef, 0xbb, 0xbf, 0xff, 0xfe]

/** The first sign that is no blank and no part of a byte order mark; NUL is the other half of an ASCII sign in UTF-16. */
function firstSign(head: Uint8Array): string | undefined {
  const byte = head.find((one) => one > 0x20 && !MARKS.includes(one))
  return byte === undefined ? undefined : String.fromCodePoint(byte)
}
