import type { Box, DocumentModel } from '@stageline/domain'

/** A line of a receipt with its place, in reading order. */
export type ReceiptLine = {
  text: string
  page: number
  box: Box | undefined
  /** Middle of the line, 0 at the top of the page and 1 at its end. */
  top: number
  /** Position in reading order, and from the end. */
  index: number
  fromEnd: number
  /** Lines that stand beside it, left to right, itself excluded. */
  left: ReceiptLine[]
  right: ReceiptLine[]
}

/** A till prints no more; what is longer was taken for a receipt by mistake and must not cost much. */
const MOST_LINES = 500

/**
 * Lines of all pages, from top to bottom and left to right, each knowing what stands beside it; the first 500.
 */
export function receiptLines(model: DocumentModel): ReceiptLine[] {
  const rows = model.pages.flatMap((page) =>
    groupRows(page.lines.filter(({ text }) => text.trim()).map((line, index) => place(line, page, index))),
  )
  const lines = rows.flat().slice(0, MOST_LINES)
  lines.forEach((line, index) => {
    line.index = index
    line.fromEnd = lines.length - 1 - index
  })
  for (const row of rows)
    for (const [at, line] of row.entries()) Object.assign(line, { left: row.slice(0, at), right: row.slice(at + 1) })
  return lines
}

type Page = DocumentModel['pages'][number]

function place(line: Page['lines'][number], page: Page, index: number): ReceiptLine {
  const box = line.box
  const top = box && page.height > 0 ? (box[1] + box[3]) / 2 / page.height : index / Math.max(page.lines.length, 1)
  return {
    text: line.text.trim().replace(/\s+/g, ' '),
    page: page.number,
    box,
    top,
    index: 0,
    fromEnd: 0,
    left: [],
    right: [],
  }
}

function groupRows(lines: ReceiptLine[]): ReceiptLine[][] {
  if (lines.some(({ box }) => !box)) return lines.map((line) => [line])
  const rows: ReceiptLine[][] = []
  for (const line of [...lines].sort((a, b) => a.top - b.top)) {
    const row = rows.at(-1)
    if (row?.at(-1) && beside(row[0]!, line)) row.push(line)
    else rows.push([line])
  }
  return rows.map((row) => row.sort((a, b) => (a.box?.[0] ?? 0) - (b.box?.[0] ?? 0)))
}

/** The middle of one lies within the height of the other, less a margin. */
function beside(first: ReceiptLine, second: ReceiptLine): boolean {
  if (!first.box || !second.box) return false
  const height = Math.min(first.box[3] - first.box[1], second.box[3] - second.box[1])
  return Math.abs((first.box[1] + first.box[3]) / 2 - (second.box[1] + second.box[3]) / 2) < height * 0.55
}
