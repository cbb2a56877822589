import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMet, type Figure } from './report.ts'

const PAGE = join(import.meta.dirname, '../docs/quality.md')

/** Puts a table under a heading of `docs/quality.md` in place of the one that stood there, or at the end; everything else stays. */
export function writeSection(heading: string, lines: readonly string[]): void {
  const page = readFileSync(PAGE, 'utf8')
  const from = page.indexOf(`\n## ${heading}\n`)
  if (from === -1) return writeFileSync(PAGE, `${page.trimEnd()}\n\n## ${heading}\n\n${lines.join('\n')}\n`)
  const table = page.indexOf('\n|', from)
  const end = page.slice(table).search(/\n(?!\|)/)
  writeFileSync(PAGE, `${page.slice(0, table + 1)}${lines.join('\n')}\n${page.slice(table + end + 1)}`)
}

/** A row a figure: what was aimed at, what came out, what others reached. */
export function qualityTable(figures: readonly Figure[]): string[] {
  const rows = figures.map((figure) => [
    figure.set,
    figure.metric,
    figure.baseline === undefined ? '–' : percent(figure.baseline),
    `${percent(figure.mean)} ± ${percent(figure.deviation)}${wrongOf(figure)}`,
    figure.target === undefined ? '–' : percent(figure.target),
    { true: 'yes', false: 'no', null: '–' }[`${isMet(figure)}`],
    figure.items,
    figure.itemsPerSecond ?? '–',
    figure.published ?? '–',
  ])
  return [
    '| set | measure | trivial baseline | ours | target | met | items | items/s | published by others |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ]
}

/** Of what completes without a person: how many were wrong, and the rate that is exceeded with a chance of 5 %. */
const wrongOf = ({ details: { wrong, upper_bound } = {} }: Figure): string =>
  wrong === undefined || upper_bound === undefined ? '' : `; ${wrong} wrong, at most ${(100 * upper_bound).toFixed(2)}`

const percent = (share: number): string => (100 * share).toFixed(1)
