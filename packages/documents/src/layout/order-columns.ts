import type { Row } from './group-rows.ts'
import { rowCells } from './row-cells.ts'

/** Rows of prose that must stand side by side before they are read as columns: address blocks are shorter. */
const MIN_ROWS = 8
/** Average characters of a row of prose on one side; columns of figures and labels have fewer. */
const MIN_CHARACTERS = 20
/** Share of rows on one side that have no wide gap inside: a table has many. */
const SOLID_ROWS = 0.8

type Gutter = { left: number; right: number }
type Run = { rows: Row[]; gutter: Gutter }

/**
 * Puts rows of two columns of prose, as data sheets and terms have them, in reading order: the left column, then the
 * right. Everything else, a label with its value, two addresses side by side, a table, stays as it is: a row.
 */
export function orderColumns(rows: Row[]): Row[] {
  const ordered: Row[] = []
  let run: Run | undefined
  for (const row of rows) {
    const longer: Run | undefined = run && continueRun(run, row)
    if (run && !longer) ordered.push(...endRun(run))
    run = longer ?? startRun(row)
    if (!run) ordered.push(row)
  }
  return run ? [...ordered, ...endRun(run)] : ordered
}

/** A run begins at a row of two solid parts. */
function startRun(row: Row): Run | undefined {
  const [left, right, ...more] = rowCells(row)
  if (!left || !right || more.length > 0) return undefined
  return { rows: [row], gutter: { left: left.box[2], right: right.box[0] } }
}

/** It goes on while some blank stretch is common to all its rows. */
function continueRun({ rows, gutter }: Run, row: Row): Run | undefined {
  const middle = (gutter.left + gutter.right) / 2
  const left = Math.max(gutter.left, ...edges(row, middle, 'left'))
  const right = Math.min(gutter.right, ...edges(row, middle, 'right'))
  return right > left ? { rows: [...rows, row], gutter: { left, right } } : undefined
}

/** Right edges of the words that begin left of the middle, or left edges of the others. */
const edges = (row: Row, middle: number, side: 'left' | 'right'): number[] =>
  row.filter(({ box }) => box[0] < middle === (side === 'left')).map(({ box }) => (side === 'left' ? box[2] : box[0]))

function endRun({ rows, gutter }: Run): Row[] {
  const middle = (gutter.left + gutter.right) / 2
  const left = rows.map((row) => row.filter(({ box }) => box[0] < middle)).filter((row) => row.length > 0)
  const right = rows.map((row) => row.filter(({ box }) => box[0] >= middle)).filter((row) => row.length > 0)
  return isProse(left) && isProse(right) ? [...left, ...right] : rows
}

function isProse(rows: Row[]): boolean {
  const characters = rows.flat().reduce((sum, { text }) => sum + text.length, 0)
  const solid = rows.filter((row) => rowCells(row).length === 1)
  return (
    rows.length >= MIN_ROWS && characters >= MIN_CHARACTERS * rows.length && solid.length >= SOLID_ROWS * rows.length
  )
}
