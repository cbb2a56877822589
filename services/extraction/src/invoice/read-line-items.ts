import type { Field, Fields } from '@stageline/domain'
import { findAmounts, parseAmount } from '../values/parse-amount.ts'
import { hasLabel } from './label-words.ts'
import { cellSource, type Cell } from './page-cells.ts'

type Column = 'description' | 'quantity' | 'unit_price' | 'line_total'
type Header = { line: number; columns: Partial<Record<Column, Cell>> }

/**
 * Reads the positions of an invoice below a heading with a description and an amount column. A position is a line with
 * a whole number or quantity and an amount in the last column of the heading; lines between belong to nothing.
 */
export function readLineItems(lines: readonly Cell[][]): Fields[] {
  const headers = lines.flatMap((_, at) => headerAt(lines, at) ?? [])
  return headers.flatMap((header, index) => readRows(lines.slice(header.line + 1, headers[index + 1]?.line), header))
}

const COLUMNS: readonly Column[] = ['description', 'quantity', 'unit_price', 'line_total']

/** A heading may run over up to three lines; its labels are looked up on the line and its neighbours. */
function headerAt(lines: readonly Cell[][], at: number): Header | undefined {
  const own = lines[at] ?? []
  if (own.length < 3 || own.some(({ text }) => findAmounts(text).some(({ decimals }) => decimals === 2)))
    return undefined
  const labelled = (name: Column): Cell | undefined => own.findLast(({ text }) => hasLabel(text, name))
  const columns: Header['columns'] = {}
  for (const name of COLUMNS) {
    const cell = name === 'description' ? own.find(({ text }) => hasLabel(text, name)) : labelled(name)
    if (cell && !Object.values(columns).includes(cell)) columns[name] = cell
  }
  return columns.description && columns.quantity ? { line: at, columns } : undefined
}

function readRows(lines: readonly Cell[][], header: Header): Fields[] {
  const end = lines.findIndex((line) => isFooter(line))
  return (end < 0 ? lines : lines.slice(0, end)).flatMap((line) => {
    const row = readRow(line, header)
    return row ? [row] : []
  })
}

const isFooter = (line: readonly Cell[]): boolean => {
  const text = line.map((cell) => cell.text).join(' ')
  return (
    ['net', 'gross', 'due', 'line_sum'].some((name) => hasLabel(text, name as 'net')) &&
    line.length <= 3 &&
    findAmounts(text).length > 0
  )
}

function readRow(line: readonly Cell[], { columns }: Header): Fields | undefined {
  const total = line.findLast(({ text }) => lastAmount(text))
  const worded = line.filter(({ text }) => /\p{L}{2}/u.test(text) && !/^\d+([.,]\d+)?\s/.test(text))
  const numbered = line.filter((cell) => cell !== total && /^\d[\d.,']*(?!\s?%)(\s|$)/.test(cell.text))
  const description = nearest(worded, columns.description)
  const quantity = nearest(numbered, columns.quantity)
  const number = quantity && parseAmount(/^[\d.,']*\d/.exec(quantity.text)?.[0] ?? '')
  const amount = total && lastAmount(total.text)
  if (!total || !amount || !description || !number) return undefined
  const price = nearest(
    numbered.filter((cell) => cell !== quantity),
    columns.unit_price,
  )
  const priced = price && findAmounts(price.text, { wholeNumbers: true })[0]
  return {
    description: field(description.text, description, 0.75),
    quantity: field(withoutNoughts(number.value), quantity, 0.8),
    ...(price && priced ? { unit_price: field(toCents(priced.value), price, 0.75) } : {}),
    line_total: field(amount, total, 0.8),
  }
}

const lastAmount = (text: string): string | undefined =>
  findAmounts(text).findLast(({ decimals }) => decimals === 2)?.value

const field = (value: string, cell: Cell, confidence: number): Field => ({
  value,
  confidence,
  source: cellSource(cell),
})

const withoutNoughts = (value: string): string => (value.includes('.') ? value.replace(/\.?0+$/, '') : value)

/** Prices of `3.3300` are `3.33`, those of `0.0525` keep all their digits. */
const toCents = (value: string): string => value.replace(/(\.\d{2}\d*?)0+$/, '$1')

/** The cell of a line that stands below a heading: the widest overlap, else the nearest middle within reach. */
function nearest(line: readonly Cell[], heading: Cell | undefined): Cell | undefined {
  if (!heading) return undefined
  const gap = (cell: Cell): number => {
    if (!cell.box || !heading.box) return cell.column === heading.column ? 0 : 1000
    return (
      Math.max(heading.box[0] - cell.box[2], cell.box[0] - heading.box[2], 0) +
      Math.abs(cell.box[0] - heading.box[0]) / 1000
    )
  }
  const best = line.reduce<Cell | undefined>(
    (found, cell) => (!found || gap(cell) < gap(found) ? cell : found),
    undefined,
  )
  return best && gap(best) < 40 ? best : undefined
}
