import type { Line, Page } from '@stageline/domain'
import type { DocumentDraft } from './document-draft.ts'
import { DOCUMENT_LIMITS } from './document-limits.ts'

/** Cuts what is beyond the limits of lines and line length, and says so in the warnings. */
export function trimDraft(draft: DocumentDraft): DocumentDraft {
  const { pages = [], tables = [], warnings = [] } = draft
  const kept = trimPages(pages)
  const isCut = countLines(kept) < countLines(pages)
  return {
    ...draft,
    pages: kept,
    tables: tables.map((table) => ({ ...table, rows: table.rows.slice(0, DOCUMENT_LIMITS.lines) })),
    warnings: isCut ? [...warnings, `only the first ${DOCUMENT_LIMITS.lines} lines were kept`] : warnings,
  }
}

function trimPages(pages: Page[]): Page[] {
  let left: number = DOCUMENT_LIMITS.lines
  return pages.map((page) => {
    const lines = page.lines.slice(0, left).map(trimLine)
    left -= lines.length
    return { ...page, lines }
  })
}

function trimLine(line: Line): Line {
  return line.text.length > DOCUMENT_LIMITS.lineLength
    ? { ...line, text: line.text.slice(0, DOCUMENT_LIMITS.lineLength) }
    : line
}

const countLines = (pages: Page[]): number => pages.reduce((count, { lines }) => count + lines.length, 0)
