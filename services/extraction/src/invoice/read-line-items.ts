import type { Field, Fields } from '@stageline/domain'
import { findAmounts, parseAmount } from '../values/parse-amount.ts'
import { describeItem } from './item-description.ts'
import { itemHeaders, type ItemHeader } from './item-header.ts'
import { hasLabel, type LabelClass } from './label-words.ts'
import { nearest } from './nearest-cell.ts'
import { cellSource, overlapAcross, type Cell } from './page-cells.ts'

/**
 * Reads the positions of an invoice below a heading that names at least a description and a quantity. A position begins
 * with a line that has a number in the quantity column and an amount; its description may go on below.
 */
export function readLineItems(lines: readonly Cell[][]): Fields[] {
  const headers = itemHeaders(lines)
  return headers.flatMap((header, index) => readRows(lines.slice(header.end + 1, headers[index + 1]?.line), header))
}

/** The numbers of the line that begins a position. */
type Row = { quantity: Cell; total: Cell }

function readRows(lines: readonly Cell[][], header: ItemHeader): Fields[] {
  const end = lines.findIndex((line) => isEnd(line, header))
  const inside = end < 0 ? lines : lines.slice(0, end)
  const starts = inside.flatMap((_, at) => {
    const row = rowAt(inside, at, header)
    return row ? [{ at, row }] : []
  })
  return starts.flatMap(({ at, row }, index) => {
    const position = readRow(inside.slice(at, starts[index + 1]?.at), row, header)
    return position ? [position] : []
  })
}

const ENDS: readonly LabelClass[] = ['net', 'gross', 'due', 'line_sum', 'tax']
const SUMS: readonly LabelClass[] = [...ENDS, 'line_total']

/** Totals and tax tables end the positions: few cells, the first of which says so, or the heading of such a table. */
function isEnd(line: readonly Cell[], header: ItemHeader): boolean {
  const [first] = line
  if (!first || /^\d/.test(first.text)) return false
  const isHeading =
    line.length >= 3 &&
    line.every(({ text }) => !/\d/.test(text)) &&
    line.filter(({ text }) => SUMS.some((name) => hasLabel(text, name))).length >= 2
  return isHeading || isTotal(line, first, header)
}

function isTotal(line: readonly Cell[], first: Cell, { columns }: ItemHeader): boolean {
  // A price or a rebate below a position is set apart from the column of the amounts.
  const detail = hasLabel(first.text, 'unit_price') || hasLabel(first.text, 'line_sum')
  const announces = ENDS.some((name) => hasLabel(first.text, name))
  if (!announces) return false
  if (line.length === 1) return isTaxTitle(first.text)
  const money = line.filter(({ text }) => hasMoney(text))
  const amounts = columns.line_total
  return line.length <= 5 && money.some((cell) => !detail || !amounts || overlapAcross(cell, amounts))
}

const isTaxTitle = (text: string): boolean =>
  text.length < 40 && /[:\p{Ll}]$/u.test(text) && !hasMoney(text) && hasLabel(text, 'tax')

const hasMoney = (text: string): boolean => findAmounts(text).some(({ decimals }) => decimals === 2)
const isPrice = ({ text }: Cell): boolean => findAmounts(text).length > 0
const isNumber = ({ text }: Cell): boolean => /^-?\d[\d.,']*(?!\s?%)(\s|$)/.test(text)

/** Quantity and amount of a position that begins on this line; the amount may stand on one of the two lines below. */
function rowAt(lines: readonly Cell[][], at: number, { columns }: ItemHeader): Row | undefined {
  const line = lines[at] ?? []
  const quantity = quantityOf(line, columns)
  if (!quantity) return undefined
  const money = line.filter((cell) => cell !== quantity && hasMoney(cell.text))
  const below = [lines[at + 1] ?? [], lines[at + 2] ?? []]
  const next = below.findIndex((other) => quantityOf(other, columns))
  const under = below
    .slice(0, next < 0 ? 2 : next)
    .flat()
    .filter((cell) => hasMoney(cell.text) && isClose(quantity, cell))
  const total = columns.line_total
    ? (nearest(money, columns.line_total, 25) ?? nearest(under, columns.line_total, 25) ?? money.at(-1))
    : money.at(-1)
  return total && { quantity, total }
}

const quantityOf = (line: readonly Cell[], { quantity }: ItemHeader['columns']): Cell | undefined =>
  nearest(
    line.filter((cell) => isNumber(cell) && cell !== line.filter((other) => isPrice(other)).at(-1)),
    quantity,
  )

const isClose = (quantity: Cell, cell: Cell): boolean =>
  !quantity.box || !cell.box || (quantity.page === cell.page && cell.box[1] - quantity.box[3] < 15)

function readRow(lines: readonly Cell[][], { quantity, total }: Row, header: ItemHeader): Fields | undefined {
  const number = parseAmount(/^-?[\d.,']*\d/.exec(quantity.text)?.[0] ?? '')
  const amount = findAmounts(total.text).findLast(({ decimals }) => decimals === 2)?.value
  if (!number || !amount) return undefined
  const others = (lines[0] ?? []).filter((cell) => cell !== quantity && cell !== total && isPrice(cell))
  const price = priceOf(others, header, Number(number.value), Number(amount))
  const words = describeItem(lines, header, [quantity, total, ...(price ? [price.cell] : [])])
  if (words.length === 0) return undefined
  // Quantity times price is the amount: the three were read right.
  const sure = price !== undefined && multiplies(Number(number.value), Number(price.value), Number(amount))
  return {
    description: field(words.map(({ text }) => text).join(' '), words[0]!, sure ? 0.8 : 0.6),
    quantity: field(withoutNoughts(number.value), quantity, sure ? 0.98 : 0.8),
    ...(price ? { unit_price: field(toCents(price.value), price.cell, sure ? 0.98 : 0.75) } : {}),
    line_total: field(amount, total, sure ? 0.98 : 0.85),
  }
}

/** The price that gives the amount, else the one below its heading. */
function priceOf(
  cells: readonly Cell[],
  { columns }: ItemHeader,
  quantity: number,
  amount: number,
): { cell: Cell; value: string } | undefined {
  const prices = cells.flatMap((cell) => {
    const value = findAmounts(cell.text, { wholeNumbers: true })[0]?.value
    return value === undefined ? [] : [{ cell, value }]
  })
  const below = nearest(cells, columns.unit_price)
  return (
    prices.find(({ value }) => multiplies(quantity, Number(value), amount)) ?? prices.find(({ cell }) => cell === below)
  )
}

const multiplies = (quantity: number, price: number, amount: number): boolean =>
  Math.abs(quantity * price - amount) < 0.006

const field = (value: string, cell: Cell, confidence: number): Field => ({
  value,
  confidence,
  source: cellSource(cell),
})

const withoutNoughts = (value: string): string => (value.includes('.') ? value.replace(/\.?0+$/, '') : value)

/** Prices of `3.3300` are `3.33`, those of `0.0525` keep all their digits. */
const toCents = (value: string): string => value.replace(/(\.\d{2}\d*?)0+$/, '$1')
