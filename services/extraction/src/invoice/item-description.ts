import type { ItemHeader } from './item-header.ts'
import { cellOf, overlapAcross, type Cell } from './page-cells.ts'
import { nearest } from './nearest-cell.ts'

/** The words of a position below the heading of the descriptions: the line that begins it and those that follow it closely. */
export function describeItem(lines: readonly Cell[][], header: ItemHeader, numbers: readonly Cell[]): Cell[] {
  const { at, first } = beginningOf(lines, header, numbers)
  if (!first) return []
  const words = [first]
  for (const line of lines.slice(at + 1, at + 1 + MOST_LINES)) {
    const above = words.at(-1)!
    const cell = cellOn(line, header, numbers, (first.box?.[0] ?? 0) - MARGIN)
    // Text that runs beyond its column is not broken into lines by it.
    if (!cell || !followsClosely(above, cell) || (above.box?.[2] ?? 0) > header.after) break
    words.push(cell)
  }
  return words
}

const MOST_LINES = 5
const MARGIN = 4

function beginningOf(
  lines: readonly Cell[][],
  header: ItemHeader,
  numbers: readonly Cell[],
): { at: number; first?: Cell } {
  for (const at of [header.offset, 0, 1]) {
    const first = cellOn(lines[at] ?? [], header, numbers, header.before - MARGIN)
    if (first) return { at, first }
  }
  return { at: 0 }
}

/** The cell below the heading, without words left of an edge that the reader joined to it. */
function cellOn(
  line: readonly Cell[],
  { columns: { description } }: ItemHeader,
  numbers: readonly Cell[],
  edge: number,
): Cell | undefined {
  const free = line.flatMap((cell) => {
    const own = startingAt(edge, cell)
    const aligned = own.box !== undefined && Math.abs(own.box[0] - MARGIN - edge) < MARGIN
    return numbers.includes(cell) || (isMeasure(own.text) && !aligned) ? [] : [own]
  })
  const below = free.find((cell) => description?.box && cell.box && overlapAcross(cell, description))
  return (
    below ??
    nearest(
      free.filter(({ text }) => /\p{L}{2}/u.test(text)),
      description,
    )
  )
}

function startingAt(edge: number, cell: Cell): Cell {
  const words = cell.words.filter(({ box }) => box[0] >= edge)
  return words.length > 0 && words.length < cell.words.length ? cellOf(cell, words) : cell
}

/** `3 m²`, `20 Stk`, `8 Unit(s)`: a quantity with its unit. */
const isMeasure = (text: string): boolean => /^\d[\d.,']{0,5}\s\S{1,9}$/.test(text)

/** A continued description is short and stands right below, at the same left edge or centred under it. */
function followsClosely(above: Cell, below: Cell): boolean {
  if (!above.box || !below.box || above.page !== below.page) return false
  if (below.text.length > 28 || /:|\s.*\p{L}{3}\.$|^\d{8,}$/u.test(below.text)) return false
  const height = above.box[3] - above.box[1]
  const aligned =
    Math.abs(above.box[0] - below.box[0]) < 4 ||
    Math.abs(above.box[0] + above.box[2] - below.box[0] - below.box[2]) < 10
  return aligned && below.box[1] - above.box[3] < height * 0.5
}
