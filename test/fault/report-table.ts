import type { ScenarioReport } from './line/scenario.ts'

const HEADER = [
  'row',
  'scenario',
  'seed',
  'faults',
  'jobs',
  'lost',
  'doubled',
  'illegal',
  'recovery median',
  'max',
  'target',
  'met',
]
const ROW = /^\| *(\d+) *\| *([a-z0-9-]+) *\|/
const FIGURES = /^- `([a-z0-9-]+)`: /

/** The reports as a table of Markdown, and below it what else was measured. */
export const reportTable = (reports: readonly ScenarioReport[]): string => mergeReports('', reports)

/**
 * The same text with these reports in it: a scenario that it tells of already is told anew, others keep their lines, so
 * that the rows of one page may come from several runs.
 */
export function mergeReports(text: string, reports: readonly ScenarioReport[]): string {
  const lines = text.split('\n')
  const keep = (pattern: RegExp, name: number) =>
    new Map(lines.flatMap((line) => (pattern.test(line) ? [[pattern.exec(line)![name]!, line] as const] : [])))
  const [rows, figures] = [keep(ROW, 2), keep(FIGURES, 1)]
  for (const report of reports) {
    rows.set(report.name, asLine(cellsOf(report)))
    figures.set(report.name, `- \`${report.name}\`: ${figuresOf(report)}`)
  }
  const table = [asLine(HEADER), asLine(HEADER.map(() => '---')), ...[...rows.values()].toSorted(byRow)]
  const told = [...table, '', ...[...figures.values()].toSorted()]
  const isOurs = (line: string) =>
    ROW.test(line) || FIGURES.test(line) || line.startsWith('| row |') || /^[| -]+$/.test(line)
  const first = lines.findIndex((line) => isOurs(line) && line !== '')
  const before = (first < 0 ? lines : lines.slice(0, first)).join('\n').trimEnd()
  const after =
    first < 0
      ? ''
      : lines
          .slice(lines.findLastIndex((line) => isOurs(line) && line !== '') + 1)
          .join('\n')
          .trim()
  return `${[before, told.join('\n'), after].filter((part) => part !== '').join('\n\n')}\n`
}

const cellsOf = (one: ScenarioReport): (string | number)[] => [
  one.row,
  one.name,
  one.seed,
  one.fired,
  one.accepted,
  one.lost,
  one.doubled,
  one.illegal,
  seconds(one.recoveryMedianMs),
  seconds(one.recoveryMaxMs),
  seconds(one.targetMs),
  one.violations.length > 0 ? 'VIOLATED' : one.met,
]

const figuresOf = ({ figures, durationS }: ScenarioReport): string =>
  [...Object.entries(figures).map(([name, value]) => `${name} ${value}`), `${durationS} s in all`].join('; ')

const asLine = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`

const byRow = (a: string, b: string): number => Number(ROW.exec(a)![1]) - Number(ROW.exec(b)![1]) || (a < b ? -1 : 1)

function seconds(ms: number | null): string {
  if (ms === null) return '–'
  return Number.isFinite(ms) ? `${(ms / 1_000).toFixed(1)} s` : 'never'
}
