import type { Box, DocumentModel, FieldSource, Line, Word } from '@stageline/domain'

/** A piece of a printed line that stands apart from its neighbours: a label, a value, a column of a table. */
export type Cell = {
  text: string
  page: number
  box: Box | undefined
  /** Its words with their places; none where the reader gave none. */
  words: Word[]
  /** Line of the document, counted over all pages, and cell of the line. */
  line: number
  column: number
  /** Text of the whole line. */
  lineText: string
  /** 0 at the top of the first page, 1 at the end of the document. */
  depth: number
}

/** Lines of all pages, each cut where the reader saw a wide gap (two blanks in the text), but not around a colon. */
export function pageCells(model: DocumentModel): Cell[][] {
  const lines = model.pages.flatMap((page) =>
    page.lines.filter(({ text }) => text.trim()).map((line) => ({ line, page: page.number })),
  )
  return lines.map(({ line, page }, index) =>
    cutLine(line).map((cell, column) => ({
      ...cell,
      page,
      line: index,
      column,
      lineText: line.text,
      depth: index / lines.length,
    })),
  )
}

export const cellSource = ({ page, box, lineText }: Cell): FieldSource => ({
  method: 'text',
  page,
  ...(box ? { box } : {}),
  text: lineText.slice(0, 500),
})

function cutLine(line: Line): Pick<Cell, 'text' | 'box' | 'words'>[] {
  const parts = [...line.text.matchAll(/\S+(?:(?:\s|\s+(?=:(?:\s|$))|(?<=\s:)\s+)\S+)*/g)].map((match) => ({
    text: match[0],
    start: match.index,
  }))
  let from = 0
  const places = (line.words ?? []).map((word) => {
    const start = Math.max(line.text.indexOf(word.text, from), from)
    from = start + word.text.length
    return { start, word }
  })
  const cells = parts.map(({ text, start }) => {
    const words = places.flatMap(({ start: at, word }) => (at >= start && at < start + text.length ? [word] : []))
    return { text, words, box: words.length > 0 ? around(words) : parts.length === 1 ? line.box : undefined }
  })
  return cells.filter((cell) => !isUpright(cell))
}

/** Text set sideways in a margin is no part of the lines that it stands beside. */
const isUpright = ({ text, box }: Pick<Cell, 'text' | 'box'>): boolean =>
  box !== undefined && text.length >= 3 && box[3] - box[1] > 1.5 * (box[2] - box[0])

/** The cell made of some of its words alone. */
export const cellOf = (cell: Cell, words: Word[]): Cell => ({
  ...cell,
  text: words.map(({ text }) => text).join(' '),
  words,
  box: around(words),
})

const around = (words: readonly Word[]): Box => [
  Math.min(...words.map(({ box }) => box[0])),
  Math.min(...words.map(({ box }) => box[1])),
  Math.max(...words.map(({ box }) => box[2])),
  Math.max(...words.map(({ box }) => box[3])),
]

/** Do two cells share a stretch of the page's width? Cells without places do where they are in the same column. */
export function overlapAcross(first: Cell, second: Cell): boolean {
  if (!first.box || !second.box) return first.column === second.column
  return Math.min(first.box[2], second.box[2]) - Math.max(first.box[0], second.box[0]) > -4
}
