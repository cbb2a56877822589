import { findDates } from '../values/parse-date.ts'
import { contextFeatures } from './cell-context.ts'
import type { Candidate } from './field-candidates.ts'
import type { Cell } from './page-cells.ts'

/** All dates. Where one date of the document can only be month first, those with slashes are all read so. */
export function dateCandidates(lines: readonly Cell[][]): Candidate[] {
  const cells = lines.flat()
  const monthFirst = isMonthFirst(cells.map(({ text }) => text).join('\n'))
  const mentions = cells.flatMap((cell) => findDates(cell.text, { monthFirst }).map((date) => ({ cell, date })))
  const sorted = [...new Set(mentions.map(({ date }) => date.iso))].sort()
  return mentions.map(({ cell, date }, index) => {
    const features = contextFeatures(lines, cell, cell.text.slice(0, date.index))
    features.set(`order:${Math.min(index, 3)}`, 1)
    features.set(
      `rank:${sorted.indexOf(date.iso) === 0 ? 'first' : sorted.at(-1) === date.iso ? 'last' : 'between'}`,
      1,
    )
    features.set(`range:${/\d\s*[-–]\s*\d{1,2}\.\d|zwischen|between/.test(cell.text)}`, 1)
    return { value: date.iso, printed: date.printed, cell, features }
  })
}

function isMonthFirst(text: string): boolean {
  const dates = [...text.matchAll(/(?<!\d)(\d{1,2})\/(\d{1,2})\/\d{2,4}(?!\d)/g)]
  return dates.some((date) => Number(date[2]) > 12) && !dates.some((date) => Number(date[1]) > 12)
}
