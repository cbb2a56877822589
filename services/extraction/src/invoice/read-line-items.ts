import type { Field, Fields } from '@stageline/domain'
import { findAmounts, parseAmount } from '../values/parse-amount.ts'
import { hasLabel, type LabelClass } from './label-words.ts'
import { cellSource, type Cell } from './page-cells.ts'

type Column = 'description' | 'quantity' | 'unit_price' | 'line_total'
type Header = { line: number; columns: Partial<Record<Column, Cell>> }

/**
 * Reads the positions of an invoice below a heading that names at least a description and a quantity. A position begins
 * with a line that has a number in the quantity column and a price or an amount; its description may go on below.
 */
export function readLineItems(lines: readonly Cell[][]): Fields[] {
  const headers = lines.flatMap((_, at) => headerAt(lines, at) ?? [])
  return headers.flatMap((header, index) => readRows(lines.slice(header.line + 1, headers[index + 1]?.line), header))
}

const COLUMNS: readonly Column[] = ['description', 'quantity', 'unit_price', 'line_total']

function headerAt(lines: readonly Cell[][], at: number): Header | undefined {
  const own = lines[at] ?? []
  if (own.length < 3 || own.some(({ text }) => hasMoney(text))) return undefined
  const columns: Header['columns'] = {}
  for (const name of COLUMNS) {
    const free = own.filter((cell) => !Object.values(columns).includes(cell) && hasLabel(cell.text, name))
    const cell = name === 'line_total' ? free.at(-1) : free[0]
    if (cell) columns[name] = cell
  }
  return columns.description && columns.quantity ? { line: at, columns } : undefined
}

function readRows(lines: readonly Cell[][], header: Header): Fields[] {
  const end = lines.findIndex((line) => isEnd(line))
  const inside = end < 0 ? lines : lines.slice(0, end)
  const starts = inside.flatMap((line, at) => (quantityOf(line, header) ? [at] : []))
  return starts.flatMap((at, index) => {
    const row = readRow(inside.slice(at, starts[index + 1]), header)
    return row ? [row] : []
  })
}

const ENDS: readonly LabelClass[] = ['net', 'gross', 'due', 'line_sum', 'tax']

/** Totals and tax tables end the positions: few cells, the first of which says so. */
function isEnd(line: readonly Cell[]): boolean {
  const [first] = line
  if (!first || /^\d/.test(first.text)) return false
  const announces = ENDS.some((name) => hasLabel(first.text, name))
  return (
    announces &&
    (line.length === 1
      ? first.text.length < 40 && /[:\p{Ll}]$/u.test(first.text) && !hasMoney(first.text) && hasLabel(first.text, 'tax')
      : line.length <= 5 && line.some(({ text }) => hasMoney(text)))
  )
}

const hasMoney = (text: string): boolean => findAmounts(text).some(({ decimals }) => decimals === 2)
const isNumber = ({ text }: Cell): boolean => /^\d[\d.,']*(?!\s?%)(\s|$)/.test(text)

/** The cell with the quantity of a line that begins a position. */
function quantityOf(line: readonly Cell[], { columns }: Header): Cell | undefined {
  const priced = line.filter((cell) => isPrice(cell))
  const quantity = nearest(
    line.filter((cell) => isNumber(cell) && cell !== priced.at(-1)),
    columns.quantity,
  )
  const others = priced.filter((cell) => cell !== quantity)
  return others.length > 0 ? quantity : undefined
}

const isPrice = ({ text }: Cell): boolean => findAmounts(text).length > 0

function readRow([line = [], ...below]: readonly Cell[][], header: Header): Fields | undefined {
  const { columns } = header
  const quantity = quantityOf(line, header)
  const number = quantity && parseAmount(/^[\d.,']*\d/.exec(quantity.text)?.[0] ?? '')
  const money = line.filter((cell) => cell !== quantity && hasMoney(cell.text))
  const under = below
    .slice(0, 2)
    .flat()
    .filter((cell) => hasMoney(cell.text))
  const total = columns.line_total
    ? (nearest(money, columns.line_total, 25) ?? nearest(under, columns.line_total, 25) ?? money.at(-1))
    : money.at(-1)
  const amount = total && findAmounts(total.text).findLast(({ decimals }) => decimals === 2)?.value
  const words = describe([line, ...below], columns.description)
  if (!total || !amount || !quantity || !number || words.length === 0) return undefined
  const price = nearest(
    line.filter((cell) => cell !== quantity && cell !== total && isPrice(cell)),
    columns.unit_price,
  )
  const priced = price && findAmounts(price.text, { wholeNumbers: true })[0]
  return {
    description: field(words.map(({ text }) => text).join(' '), words[0]!, 0.7),
    quantity: field(withoutNoughts(number.value), quantity, 0.85),
    ...(price && priced ? { unit_price: field(toCents(priced.value), price, 0.8) } : {}),
    line_total: field(amount, total, 0.85),
  }
}

/** The words below the heading of the descriptions: the first line that has some, and those that follow it closely. */
function describe(lines: readonly Cell[][], heading: Cell | undefined): Cell[] {
  const find = (line: readonly Cell[], letters: RegExp): Cell | undefined =>
    nearest(
      line.filter(({ text }) => letters.test(text) && !isMeasure(text)),
      heading,
    )
  const beginning = lines.slice(0, 2).map((line) => find(line, /\p{L}{2}/u))
  const first = beginning.findIndex((cell) => cell !== undefined)
  if (first < 0) return []
  const words = [beginning[first]!]
  for (const line of lines.slice(first + 1, first + 4)) {
    const cell = find(line, /\p{L}/u)
    if (!cell || !followsClosely(words.at(-1)!, cell)) break
    words.push(cell)
  }
  return words
}

/** `3 m²`, `20 Stk`, `8 Unit(s)`: a quantity with its unit. */
const isMeasure = (text: string): boolean => /^\d[\d.,']*\s\S{1,9}$/.test(text)

/** A continued description is short and stands right below, at the same left edge or centred under it. */
function followsClosely(above: Cell, below: Cell): boolean {
  if (!above.box || !below.box || above.page !== below.page || below.text.length > 28 || /[:.]/.test(below.text))
    return false
  const height = above.box[3] - above.box[1]
  const aligned =
    Math.abs(above.box[0] - below.box[0]) < 4 ||
    Math.abs(above.box[0] + above.box[2] - below.box[0] - below.box[2]) < 10
  return aligned && below.box[1] - above.box[3] < height * 0.5
}

const field = (value: string, cell: Cell, confidence: number): Field => ({
  value,
  confidence,
  source: cellSource(cell),
})

const withoutNoughts = (value: string): string => (value.includes('.') ? value.replace(/\.?0+$/, '') : value)

/** Prices of `3.3300` are `3.33`, those of `0.0525` keep all their digits. */
const toCents = (value: string): string => value.replace(/(\.\d{2}\d*?)0+$/, '$1')

/** The cell of a line that stands below a heading, or nearest to it within reach. */
function nearest(line: readonly Cell[], heading: Cell | undefined, reach = 40): Cell | undefined {
  if (!heading) return undefined
  const gap = (cell: Cell): number => {
    if (!cell.box || !heading.box) return cell.column === heading.column ? 0 : 1000
    const between = Math.max(heading.box[0] - cell.box[2], cell.box[0] - heading.box[2], 0)
    return between + Math.abs(cell.box[0] - heading.box[0]) / 1000
  }
  const best = line.reduce<Cell | undefined>(
    (found, cell) => (!found || gap(cell) < gap(found) ? cell : found),
    undefined,
  )
  return best && gap(best) < reach ? best : undefined
}
