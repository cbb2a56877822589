import type { Table } from '@stageline/domain'
import type { Row } from './group-rows.ts'
import { heightOf } from './box.ts'
import { type Cell, rowCells } from './row-cells.ts'

const MIN_COLUMNS = 3
const MIN_ROWS = 3
/** Rows with fewer cells between those of a table: second lines of a description, a rule, a group heading. */
const MAX_CONTINUATIONS = 3

type Column = { left: number; right: number }

/**
 * Tables without regard to rules and shading: three or more rows, each with three or more cells that stand below each
 * other. A row with fewer cells continues the row above where its cells lie inside columns.
 */
export function findTables(rows: Row[], page: number): Table[] {
  return tableRuns(rows.map(rowCells))
    .map((run) => toTable(run, page))
    .filter((table) => table !== undefined)
}

/** Runs of rows between the first and the last that has enough cells. */
function tableRuns(rows: Cell[][]): Cell[][][] {
  const runs: Cell[][][] = []
  let run: Cell[][] = []
  let continuations = 0
  for (const cells of rows) {
    const isFull = cells.length >= MIN_COLUMNS
    continuations = isFull ? 0 : continuations + 1
    if (run.length > 0 && (continuations > MAX_CONTINUATIONS || isFarBelow(run.at(-1), cells))) {
      runs.push(run)
      run = []
    }
    if (isFull || run.length > 0) run.push(cells)
  }
  return [...runs, run].map(withoutTail).filter((found) => found.filter(isFullRow).length >= MIN_ROWS)
}

const isFullRow = (cells: Cell[]): boolean => cells.length >= MIN_COLUMNS

/** After the last full row, only what follows it as closely as a second line of its cells does. */
function withoutTail(run: Cell[][]): Cell[][] {
  const last = run.findLastIndex(isFullRow)
  const tail = run.slice(last + 1)
  const end = tail.findIndex((cells, index) => !isCloseBelow(run[last + index], cells))
  return run.slice(0, last + 1 + (end === -1 ? tail.length : end))
}

const isCloseBelow = (above: Cell[] | undefined, below: Cell[]): boolean => gapInHeights(above, below) < 0.6

/** Four heights of blank paper end a table. */
const isFarBelow = (above: Cell[] | undefined, below: Cell[]): boolean => gapInHeights(above, below) > 4

/** Blank paper between two rows, in heights of the upper one's first cell. */
function gapInHeights(above: Cell[] | undefined, below: Cell[]): number {
  const [upper] = above ?? []
  const [lower] = below
  return upper && lower ? (lower.box[1] - upper.box[3]) / heightOf(upper.box) : 0
}

function toTable(run: Cell[][], page: number): Table | undefined {
  const columns = columnsOf(run.filter(isFullRow).flat())
  if (columns.length < MIN_COLUMNS) return undefined
  const rows: string[][] = []
  for (const cells of run) {
    const last = rows.at(-1)
    if (isFullRow(cells) || !last) rows.push(placeCells(cells, columns))
    else appendCells(last, placeCells(cells, columns))
  }
  const [first = []] = rows
  return isHeader(first) ? { page, header: first, rows: rows.slice(1) } : { page, header: [], rows }
}

/** Stretches of the page's width that are covered by cells: what overlaps is one column. */
function columnsOf(cells: Cell[]): Column[] {
  const columns: Column[] = []
  for (const { box } of cells.toSorted((a, b) => a.box[0] - b.box[0])) {
    const last = columns.at(-1)
    if (last && box[0] < last.right) last.right = Math.max(last.right, box[2])
    else columns.push({ left: box[0], right: box[2] })
  }
  return columns
}

function placeCells(cells: Cell[], columns: Column[]): string[] {
  const texts = columns.map(() => '')
  for (const { text, box } of cells) {
    const index = columns.findIndex(({ right }) => box[0] < right)
    const column = index === -1 ? columns.length - 1 : index
    texts[column] = [texts[column], text].filter(Boolean).join(' ')
  }
  return texts
}

function appendCells(row: string[], more: string[]): void {
  more.forEach((text, index) => {
    if (text !== '') row[index] = [row[index], text].filter(Boolean).join(' ')
  })
}

/** A header names its columns: hardly any of its cells holds a figure. */
function isHeader(cells: string[]): boolean {
  const filled = cells.filter((text) => text !== '')
  return filled.filter((text) => /\d/.test(text)).length <= filled.length / 4
}
