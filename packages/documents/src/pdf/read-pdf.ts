import { DataError } from '@stageline/domain'
import type { Page, Table } from '@stageline/domain'
import type { DocumentDraft, DocumentSource } from '../document-draft.ts'
import { DOCUMENT_LIMITS } from '../document-limits.ts'
import { layoutPage, type ReadPage } from '../layout/layout-page.ts'
import { attachedXml } from './attached-xml.ts'
import { needsOcr } from './needs-ocr.ts'
import { openPdf, type Pdf } from './open-pdf.ts'
import { pageWords, type PdfPage } from './page-words.ts'
import { readScannedPage } from './read-scanned-page.ts'

/**
 * PDF: each page's text with places; pages without are rendered and read by OCR; attached XML comes as structured
 * parts.
 *
 * @throws DataError `document.encrypted`, `document.unreadable`, `document.no_content`
 */
export async function readPdf({ bytes }: DocumentSource): Promise<DocumentDraft> {
  const pdf = await openPdf(bytes)
  try {
    const { structured, warnings } = await attachedXml(pdf)
    const read = await readPages(pdf)
    return { ...read, structured, metadata: await readInfo(pdf), warnings: [...warnings, ...read.warnings] }
  } finally {
    await pdf.loadingTask.destroy()
  }
}

type ReadPages = { pages: Page[]; tables: Table[]; warnings: string[] }

async function readPages(pdf: Pdf): Promise<ReadPages> {
  if (pdf.numPages === 0) throw new DataError('document.no_content', 'the PDF has no pages')
  const read: ReadPages = { pages: [], tables: [], warnings: [] }
  const budget = { ocrPages: DOCUMENT_LIMITS.ocrPages }
  for (let number = 1; number <= Math.min(pdf.numPages, DOCUMENT_LIMITS.textPages); number += 1)
    await addPage(read, pdf, number, budget)
  if (pdf.numPages > DOCUMENT_LIMITS.textPages)
    read.warnings.push(`only the first ${DOCUMENT_LIMITS.textPages} of ${pdf.numPages} pages were read`)
  if (budget.ocrPages < 0)
    read.warnings.push(`${-budget.ocrPages} pages without text were not read: ${DOCUMENT_LIMITS.ocrPages} is the limit`)
  return read
}

async function addPage(read: ReadPages, pdf: Pdf, number: number, budget: { ocrPages: number }): Promise<void> {
  const page = await pdf.getPage(number)
  try {
    const { page: content, tables } = await readPage(page, number, budget)
    read.pages.push(content)
    read.tables.push(...tables)
  } finally {
    page.cleanup()
  }
}

async function readPage(page: PdfPage, number: number, budget: { ocrPages: number }): Promise<ReadPage> {
  const { width, height } = page.getViewport({ scale: 1 })
  const words = await pageWords(page)
  const printed = layoutPage(words, { number, width, height, origin: 'text' })
  if (!(await needsOcr(page, words))) return printed
  budget.ocrPages -= 1
  if (budget.ocrPages < 0) return printed
  const scanned = await readScannedPage(page, number)
  return scanned.page.lines.length >= printed.page.lines.length ? scanned : printed
}

/** What the file says of itself: title, author, producer, dates as written. */
async function readInfo(pdf: Pdf): Promise<Record<string, string>> {
  const { info } = await pdf.getMetadata()
  const texts = Object.entries(info ?? {}).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'string' && value !== '' ? [[key, value.slice(0, 500)] as const] : [],
  )
  return { ...Object.fromEntries(texts), pages: String(pdf.numPages) }
}
