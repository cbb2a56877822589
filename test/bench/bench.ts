/** `pnpm bench`: measures figures by name and holds them to their targets. `bench.help.txt` is its help. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { measureFigure, type Figure, type Result } from './figures/figure.ts'
import { FIGURES } from './figures/index.ts'
import { machine, resultTable, shown, withResults } from './report.ts'

const ROUNDS = 3

async function main(args: string[]): Promise<number> {
  const { help, list, only, rounds, json, markdown } = parseCommand(args)
  if (help) return say(readFileSync(join(import.meta.dirname, 'bench.help.txt'), 'utf8'))
  if (list) return say(FIGURES.map(describe).join('\n'))
  progress(machine())
  const results: Result[] = []
  for (const figure of choose(only)) {
    progress(`${figure.name}: ${figure.title}`)
    const result = await measureFigure(figure, { rounds, report: (line) => progress(`  ${line}`) })
    results.push(result)
    tell(result)
    if (json) writeFileSync(json, `${JSON.stringify({ machine: machine(), rounds, results }, null, 2)}\n`)
    if (markdown) writeFileSync(markdown, withResults(readFileSync(markdown, 'utf8'), [result]))
  }
  console.log(`\n${resultTable(results)}`)
  return results.every(({ met }) => met !== 'no') ? 0 : 1
}

function parseCommand(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      help: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string', default: String(ROUNDS) },
      json: { type: 'string' },
      markdown: { type: 'string' },
    },
  })
  const rounds = Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds wants a whole number from 1 on')
  return { ...values, rounds }
}

function choose(names: readonly string[]): readonly Figure[] {
  if (names.length === 0) return FIGURES
  const unknown = names.filter((name) => !FIGURES.some((figure) => figure.name === name))
  if (unknown.length > 0) throw new Error(`There is no figure ${unknown.join(', ')}: see --list`)
  return FIGURES.filter(({ name }) => names.includes(name))
}

function describe({ name, title, unit, better, target, floor }: Figure): string {
  const bound = better === 'more' ? '≥' : '≤'
  return `${name.padEnd(18)} ${title} (${bound} ${target} ${unit}, floor ${floor})`
}

const progress = (line: string): void => console.log(`${new Date().toISOString().slice(11, 19)}  ${line}`)

function tell({ name, value, range: [least, most], unit, met, notes = {} }: Result): void {
  progress(
    `${name}: ${shown(value)} (${shown(least)}–${shown(most)}) ${unit}, ${met === 'no' ? 'BELOW THE FLOOR' : met}`,
  )
  const told = Object.entries(notes).map(([what, note]) => `${what} ${note}`)
  if (told.length > 0) progress(`  ${told.join(', ')}`)
}

function say(text: string): number {
  console.log(text.trimEnd())
  return 0
}

const code = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return 2
})
// What a broken run has started may still be waiting for something.
process.exit(code)
