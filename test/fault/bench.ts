/**
 * `pnpm test:fault`: runs scenarios of faults by name and tells what came of each. It owns the command line and the
 * reports; scenarios say what breaks, `line/` how it is broken and measured, and `check/`, a program of its own, whether
 * the record still holds. `bench.help.txt` is its help.
 */
import { stopSignal } from '@stageline/local'
import { randomInt } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runScenarios } from './line/run-scenario.ts'
import type { Scenario, ScenarioReport } from './line/scenario.ts'
import { mergeReports, reportTable } from './report-table.ts'
import { SCENARIOS } from './scenarios/index.ts'

const ONE_WISH_MS = 2_000

async function main(args: string[]): Promise<number> {
  const { list, help, only, minutes, earlier, seed, keep, json, markdown } = parseCommand(args)
  if (help) return say(readFileSync(join(import.meta.dirname, 'bench.help.txt'), 'utf8'))
  if (list) return say(SCENARIOS.map(describe).join('\n'))
  console.log(`seed ${seed}`)
  const options = { seed, minutes, earlier, keep, signal: stopped(), report: progress }
  const reports = await runScenarios(choose(only), options, tell)
  if (json) writeFileSync(json, `${JSON.stringify({ seed, reports }, null, 2)}\n`)
  if (markdown)
    writeFileSync(markdown, mergeReports(existsSync(markdown) ? readFileSync(markdown, 'utf8') : '', reports))
  console.log(`\n${reportTable(reports)}`)
  return reports.every(isGood) ? 0 : 1
}

function parseCommand(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      minutes: { type: 'string' },
      earlier: { type: 'string' },
      seed: { type: 'string' },
      keep: { type: 'boolean', default: false },
      json: { type: 'string' },
      markdown: { type: 'string' },
    },
  })
  const seed = values.seed === undefined ? randomInt(1, 1_000_000) : Number(values.seed)
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes)
  if (!Number.isInteger(seed) || (minutes !== undefined && !(minutes > 0)))
    throw new Error('--seed wants a whole number, --minutes one above 0')
  return { ...values, seed, minutes }
}

function choose(names: readonly string[]): readonly Scenario[] {
  if (names.length === 0) return SCENARIOS
  const unknown = names.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name))
  if (unknown.length > 0) throw new Error(`There is no scenario ${unknown.join(', ')}: see --list`)
  return SCENARIOS.filter(({ name }) => names.includes(name))
}

const describe = ({ row, name, title }: Scenario): string => `${String(row).padStart(2)}  ${name.padEnd(24)} ${title}`

const progress = (line: string): void => console.log(`${new Date().toISOString().slice(11, 19)}  ${line}`)

function tell(report: ScenarioReport): void {
  const { name, durationS, fired, accepted, violations, figures } = report
  progress(`${name}: ${fired} faults, ${accepted} jobs in ${durationS} s ${JSON.stringify(figures)}`)
  for (const violation of violations) progress(`VIOLATED ${violation}`)
}

const isGood = ({ violations, met }: ScenarioReport): boolean => violations.length === 0 && met !== 'no'

function say(text: string): number {
  console.log(text.trimEnd())
  return 0
}

/** What it started is cleared away first; asked once more it ends at once. One wish may come by several ways. */
function stopped(): AbortSignal {
  let askedAt = Infinity
  const signal = stopSignal(() => {
    if (performance.now() - askedAt > ONE_WISH_MS) process.exit(130)
  })
  signal.addEventListener('abort', () => (askedAt = performance.now()))
  return signal
}

const code = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return 2
})
// A scenario that was broken off may still be waiting for something.
process.exit(code)
