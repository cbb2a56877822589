import type { Table } from '@stageline/domain'
import type { DocumentDraft, DocumentSource } from '../document-draft.ts'
import { DOCUMENT_LIMITS } from '../document-limits.ts'
import { markupPage } from '../text/markup-page.ts'
import { openZip, type Zip } from './open-zip.ts'
import { DocxText, type TextTable } from './docx-text.ts'
import { coreProperties, mainPart, relationships } from './package-parts.ts'
import { XmlScanner } from './scan-xml.ts'

/**
 * DOCX: letterhead (the headers), text and footers as lines, and the tables of data. Macros, pictures and what a
 * document points to are not looked at.
 *
 * @throws DataError `document.unreadable`, `document.encrypted`, `document.too_complex`
 */
export async function readDocx({ bytes }: DocumentSource): Promise<DocumentDraft> {
  const zip = await openZip(bytes)
  const main = await mainPart(zip)
  const pointers = await relationships(zip, main)
  const around = (kind: string): string[] => pointers.filter(({ type }) => type === kind).map(({ target }) => target)
  const texts = await readParts(zip, [...around('header'), main, ...around('footer')])
  return {
    pages: [markupPage(texts.flatMap(({ lines }) => lines))],
    tables: texts.flatMap(({ tables }) => tables).flatMap(toTable),
    metadata: await coreProperties(zip),
  }
}

async function readParts(zip: Zip, parts: string[]): Promise<DocxText[]> {
  const texts: DocxText[] = []
  for (const part of parts) if (zip.has(part)) texts.push(await readPart(zip, part))
  return texts
}

/** Stops where there are more lines than are kept. */
async function readPart(zip: Zip, part: string): Promise<DocxText> {
  const text = new DocxText()
  const scanner = new XmlScanner(text)
  for await (const chunk of zip.chunks(part)) {
    scanner.write(chunk)
    if (text.lines.length > DOCUMENT_LIMITS.lines) return text
  }
  scanner.end()
  return text
}

/** Tables of data have two rows and two columns; a first row of names alone is a header also where none is marked. */
function toTable({ rows, hasHeader }: TextTable): Table[] {
  const filled = rows.filter((cells) => cells.some((cell) => cell !== ''))
  const [first = []] = filled
  if (filled.length < 2 || Math.max(...filled.map((cells) => cells.length)) < 2) return []
  return hasHeader || isNames(first)
    ? [{ page: 1, header: first, rows: filled.slice(1) }]
    : [{ page: 1, header: [], rows: filled }]
}

const isNames = (cells: string[]): boolean =>
  cells.length > 2 && cells.every((cell) => cell !== '' && !/\d{2}|[.,]\d/.test(cell))
