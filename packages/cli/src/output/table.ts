import { plainText } from './plain-text.ts'

export type Column<Row> = {
  title: string
  of: (row: Row) => string
  /** May be cut, to no less than this many characters; others are kept whole, since they are there to be copied. */
  shrinkTo?: number
  align?: 'right'
}

const GAP = 2

/**
 * Rows below their titles, within the width; where even cut columns do not fit, each row as a paragraph of its own.
 */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], width: number): string {
  const cells = rows.map((row) => columns.map(({ of }) => plainText(of(row))))
  const widths = columns.map(({ title }, at) => Math.max(title.length, ...cells.map((line) => line[at]!.length)))
  const fitted = fit(widths, columns, width)
  if (fitted === undefined) return paragraphs(cells, columns)
  const titles = columns.map(({ title }) => title.toUpperCase())
  return [titles, ...cells].map((line) => oneLine(line, columns, fitted)).join('\n')
}

/** Takes from the widest that may be cut, until all fit. */
function fit<Row>(widths: readonly number[], columns: readonly Column<Row>[], width: number): number[] | undefined {
  const fitted = [...widths]
  const total = () => fitted.reduce((sum, one) => sum + one, GAP * (fitted.length - 1))
  while (total() > width) {
    const cuttable = columns.flatMap(({ shrinkTo = Infinity }, at) => (fitted[at]! > shrinkTo ? [at] : []))
    if (cuttable.length === 0) return undefined
    const widest = cuttable.reduce((best, at) => (fitted[at]! > fitted[best]! ? at : best))
    fitted[widest]! -= 1
  }
  return fitted
}

function oneLine<Row>(line: readonly string[], columns: readonly Column<Row>[], widths: readonly number[]): string {
  const padded = line.map((text, at) => {
    const cell = cut(text, widths[at]!)
    return columns[at]!.align === 'right' ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!)
  })
  return padded.join(' '.repeat(GAP)).trimEnd()
}

function paragraphs<Row>(cells: readonly (readonly string[])[], columns: readonly Column<Row>[]): string {
  return cells.map((line) => facts(columns.map(({ title }, at) => [title, line[at]!]))).join('\n\n')
}

/** Names and values, one below the other; what has no value is left out. */
export function facts(pairs: readonly (readonly [string, string | null | undefined])[]): string {
  const known = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '')
  const width = Math.max(0, ...known.map(([name]) => name.length))
  return known.map(([name, value]) => `${name.padEnd(width + GAP)}${plainText(value ?? '')}`).join('\n')
}

export const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(width - 1, 0))}…`
