import type { ScenarioReport } from './line/scenario.ts'

const HEADER = [
  'row',
  'scenario',
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

/** The reports as a table of Markdown: what `docs/reliability.md` holds, and what the bench prints at its end. */
export function reportTable(reports: readonly ScenarioReport[]): string {
  const rows = reports.map((one) => [
    one.row,
    one.name,
    one.fired,
    one.accepted,
    one.lost,
    one.doubled,
    one.illegal,
    seconds(one.recoveryMedianMs),
    seconds(one.recoveryMaxMs),
    seconds(one.targetMs),
    one.violations.length > 0 ? 'VIOLATED' : one.met,
  ])
  const lines = [HEADER, HEADER.map(() => '---'), ...rows]
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`
}

function seconds(ms: number | null): string {
  if (ms === null) return '–'
  return Number.isFinite(ms) ? `${(ms / 1_000).toFixed(1)} s` : 'never'
}
