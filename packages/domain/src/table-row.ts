/**
 * A step through the file of a table: the names of its columns (once, where the file has a header), a record by those
 * names without its empty cells, or what is wrong with a row. Lines are counted as an editor or a spreadsheet does.
 */
export type TableRow =
  | { line: number; columns: readonly string[] }
  | { line: number; record: Readonly<Record<string, unknown>> }
  | TableFault

export type TableFault = { line: number; column: string | null; fault: string }

/** A file that may be read again from its beginning, in pieces. */
export type TableFile = { bytes: number; chunks(): AsyncIterable<Uint8Array> }

export const TABLE_CHARSETS = ['utf-8', 'utf-16le', 'windows-1252'] as const
export type TableCharset = (typeof TABLE_CHARSETS)[number]
