import { DataError } from '@stageline/domain'
import { CsvError, parse } from 'csv-parse/sync'
import type { DocumentDraft, DocumentSource } from '../document-draft.ts'
import { DOCUMENT_LIMITS } from '../document-limits.ts'
import { decodeText } from './decode-text.ts'
import { markupPage } from './markup-page.ts'
import { sniffDelimiter } from './sniff-delimiter.ts'

/** CSV: one table whose header is the first row, and each row as a line with its cells joined by ` | `. */
export function readCsv({ bytes, charset }: DocumentSource): DocumentDraft {
  const decoded = decodeText(bytes, charset)
  const [header = [], ...rows] = parseRows(decoded.text)
  return {
    pages: [markupPage([header, ...rows].map((cells) => cells.join(' | ')))],
    tables: header.length > 0 ? [{ page: 1, header, rows }] : [],
    metadata: { charset: decoded.charset },
    warnings: rows.length >= DOCUMENT_LIMITS.lines ? [`only the first ${DOCUMENT_LIMITS.lines} rows were read`] : [],
  }
}

function parseRows(text: string): string[][] {
  try {
    return parse(text, {
      delimiter: sniffDelimiter(text) ?? ',',
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
      to: DOCUMENT_LIMITS.lines + 1,
    })
  } catch (error) {
    if (error instanceof CsvError) throw new DataError('document.unreadable', `not valid CSV: ${error.message}`)
    throw error
  }
}
