/**
 * Measures what the services know, by the code that the services run. Figures go to the output, progress to the error
 * output. Never trains on what it tests. `--help` tells how to call it.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { dataDir, type Dirs } from './data.ts'
import { qualityTable, writeSection } from './quality-page.ts'
import { printFigure, withVerdict, type Figure, type Measured } from './report.ts'
import { SETS } from './sets.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    json: { type: 'string' },
    data: { type: 'string' },
    predictions: { type: 'string' },
  },
})
const names = values.only ? [values.only] : Object.keys(SETS)
const unknown = names.find((name) => !SETS[name])
if (unknown !== undefined) {
  console.error(`No set "${unknown}": one of ${Object.keys(SETS).join(', ')}`)
  process.exit(2)
}

const dirs: Dirs = { train: dataDir(), test: dataDir(values.data) }
const figures: Figure[] = []
for (const [index, name] of names.entries()) {
  process.stderr.write(`${name} (${index + 1} of ${names.length})\n`)
  const measured = await SETS[name]!(dirs)
  measured.figures.forEach(printFigure)
  figures.push(...measured.figures)
  if (values.predictions) keep(values.predictions, measured.predictions)
}
if (!values.only && !values.data) writeSection('Quality', qualityTable(figures))
const below = figures.filter(({ mean, floor = 0 }) => mean < floor)
for (const { set, metric, mean, floor } of below)
  console.error(`${set} ${metric}: ${mean} is below its floor of ${floor}`)
if (below.length > 0) process.exitCode = 1
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures.map(withVerdict), null, 2)}\n`)

function keep(dir: string, predictions: Measured['predictions']): void {
  mkdirSync(dir, { recursive: true })
  for (const [file, rows] of Object.entries(predictions))
    writeFileSync(join(dir, `${file}.ndjson`), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
}
