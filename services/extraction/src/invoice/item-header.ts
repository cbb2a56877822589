import { findAmounts } from '../values/parse-amount.ts'
import { findLabel, hasLabel } from './label-words.ts'
import { cellOf, overlapAcross, type Cell } from './page-cells.ts'

type ItemColumn = 'description' | 'quantity' | 'unit_price' | 'line_total'

/** The heading of a table of positions; it may take several printed lines. */
export type ItemHeader = {
  /** The first and the last of its lines. */
  line: number
  end: number
  /** For each column the words that name it. */
  columns: Partial<Record<ItemColumn, Cell>>
  /** Right edge of the heading before that of the descriptions, and left edge of the one after it. */
  before: number
  after: number
  /** How many lines below the quantity a description begins, where another column shares its place. */
  offset: number
}

/** All headings of tables with a description, a quantity, and a price or an amount. */
export function itemHeaders(lines: readonly Cell[][]): ItemHeader[] {
  const found: ItemHeader[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const header = at > (found.at(-1)?.end ?? -1) ? headerAt(lines, at) : undefined
    if (header) found.push(header)
  }
  return found
}

const COLUMNS: readonly ItemColumn[] = ['description', 'quantity', 'line_total', 'unit_price']

function headerAt(lines: readonly Cell[][], at: number): ItemHeader | undefined {
  const own = lines[at] ?? []
  if (own.length < 3 || !own.some(({ text }) => hasLabel(text, 'quantity'))) return undefined
  const block = headingBlock(lines, at)
  const cells = block.flatMap((line) => lines[line] ?? [])
  const columns = chooseColumns(cells, at)
  const { description, quantity } = columns
  if (!description || !quantity || !(columns.unit_price ?? columns.line_total)) return undefined
  return {
    columns,
    line: block[0]!,
    end: block.at(-1)!,
    ...around(cells, columns),
    offset: offsetOf(cells, columns, at),
  }
}

/** The line and those close to it that hold no money: a heading of two or three lines is read as one. */
function headingBlock(lines: readonly Cell[][], at: number): number[] {
  const anchor = lines[at]?.[0]
  const joins = (line: number): boolean => {
    const cells = lines[line] ?? []
    const [first] = cells
    return (
      first !== undefined &&
      first.page === anchor?.page &&
      first.box !== undefined &&
      anchor.box !== undefined &&
      Math.abs(first.box[1] - anchor.box[1]) < REACH * (anchor.box[3] - anchor.box[1]) &&
      cells.every(({ text }) => text.length <= LONGEST_HEADING && !/\d{2}/.test(text))
    )
  }
  if ((lines[at] ?? []).some(({ text }) => hasMoney(text))) return []
  const first = [1, 2, 3].findIndex((step) => !joins(at - step))
  const last = [1, 2, 3].findIndex((step) => !joins(at + step))
  const [up, down] = [first < 0 ? 3 : first, last < 0 ? 3 : last]
  return Array.from({ length: up + down + 1 }, (_, index) => at - up + index)
}

const REACH = 3.2
const LONGEST_HEADING = 45
const hasMoney = (text: string): boolean => findAmounts(text).some(({ decimals }) => decimals === 2)

/** For each column the best heading: near the line of the quantity, the amount as far right as there is one. */
function chooseColumns(cells: readonly Cell[], at: number): ItemHeader['columns'] {
  const columns: ItemHeader['columns'] = {}
  for (const name of COLUMNS) {
    const free = cells.flatMap((cell) => {
      const label = labelIn(cell, name)
      return label && !Object.values(columns).some((taken) => clashes(taken, label)) ? [label] : []
    })
    const rank = (cell: Cell): number =>
      name === 'line_total'
        ? -(cell.box?.[2] ?? cell.column)
        : Math.abs(cell.line - at) + (name === 'description' && /n[ro°]|code|n[uú]m/i.test(cell.text) ? 10 : 0)
    const best = free.reduce<Cell | undefined>(
      (found, cell) => (found && rank(found) <= rank(cell) ? found : cell),
      undefined,
    )
    if (best) columns[name] = best
  }
  return columns
}

const clashes = (taken: Cell, label: Cell): boolean =>
  taken.line === label.line && taken.column === label.column && overlapAcross(taken, label)

/** The words of a cell that hold a label; the whole cell where words have no places. */
function labelIn(cell: Cell, name: ItemColumn): Cell | undefined {
  const label = findLabel(cell.text, name)
  if (!label) return undefined
  let from = 0
  const words = cell.words.filter((word) => {
    const start = Math.max(cell.text.indexOf(word.text, from), from)
    from = start + word.text.length
    return start < label.index + label.length && from > label.index
  })
  return words.length > 0 ? cellOf(cell, words) : cell
}

function around(cells: readonly Cell[], { description }: ItemHeader['columns']): Pick<ItemHeader, 'before' | 'after'> {
  const own = description?.box
  if (!own) return { before: -Infinity, after: Infinity }
  const boxes = cells.flatMap(({ words }) => words.map(({ box }) => box))
  return {
    before: Math.max(...boxes.flatMap((box) => (box[2] <= own[0] ? [box[2]] : [])), -Infinity),
    after: Math.min(...boxes.flatMap((box) => (box[0] >= own[2] ? [box[0]] : [])), Infinity),
  }
}

function offsetOf(cells: readonly Cell[], { description }: ItemHeader['columns'], at: number): number {
  if (!description || description.line <= at) return 0
  const above = cells.some(
    (cell) => cell.line >= at && cell.line < description.line && cell.box && overlapAcross(cell, description),
  )
  return above ? description.line - at : 0
}
