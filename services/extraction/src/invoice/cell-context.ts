import { hasLabel, labelClasses, type LabelClass } from './label-words.ts'
import { overlapAcross, type Cell } from './page-cells.ts'

/**
 * Features of a place in an invoice: what stands left of it, right above it, in its section, and how deep in the
 * document it is. The same for amounts, dates, numbers and names.
 */
export function contextFeatures(lines: readonly Cell[][], cell: Cell, before: string): Map<string, number> {
  const features = new Map<string, number>()
  const add = (name: string, weight = 1): Map<string, number> => features.set(name, weight)
  const left = leftText(lines, cell, before)
  for (const name of labelClasses(left)) add(`left:${name}`)
  for (const word of lastWords(left)) add(`lw:${word}`, 0.4)
  if (!left) add('left:none')
  const above = cellAbove(lines, cell)
  for (const name of labelClasses(above?.text ?? '')) add(`above:${name}`)
  for (const word of lastWords(above?.text ?? '')) add(`aw:${word}`, 0.3)
  add(`section:${sectionOf(lines, cell)}`)
  add(`depth:${Math.floor(cell.depth * 6)}`, 0.5)
  add(`line:${Math.min(cell.line, 8)}`, 0.5)
  add(`column:${Math.min(cell.column, 3)}`, 0.5)
  return features
}

const lastWords = (text: string): string[] => (text.toLowerCase().match(/\p{L}+/gu) ?? []).slice(-3)

/** What stands before a value: in its own cell, else in the cells to its left. */
function leftText(lines: readonly Cell[][], cell: Cell, before: string): string {
  const own = before.trim()
  const others = (lines[cell.line] ?? []).slice(0, cell.column).map(({ text }) => text)
  return [...others, own].join('  ').trim()
}

/** The nearest cell above that shares some width; at most four lines up. */
function cellAbove(lines: readonly Cell[][], cell: Cell, reach = 4): Cell | undefined {
  for (let line = cell.line - 1; line >= Math.max(cell.line - reach, 0); line -= 1) {
    const hit = lines[line]?.find((other) => other.page === cell.page && overlapAcross(other, cell))
    if (hit) return hit
  }
  return undefined
}

const SECTIONS: readonly LabelClass[] = ['seller', 'buyer', 'ship']
const SECTION_REACH = 12

/** The last heading above, in the same width of the page, that announces a party; and how far above it is. */
export function sectionOf(lines: readonly Cell[][], cell: Cell): string {
  for (let line = cell.line; line >= Math.max(cell.line - SECTION_REACH, 0); line -= 1) {
    for (const other of lines[line] ?? []) {
      const name =
        other === cell || other.page !== cell.page || !overlapAcross(other, cell) ? undefined : headingOf(other.text)
      if (name) return `${name}${distance(cell.line - line)}`
    }
  }
  return 'none'
}

const distance = (lines: number): string => (lines <= 1 ? '1' : lines <= 3 ? '3' : 'far')

const headingOf = (text: string): LabelClass | undefined =>
  text.length <= 45 && !hasLabel(text, 'reference') && !/\d{3}/.test(text)
    ? SECTIONS.find((name) => hasLabel(text, name))
    : undefined
