/**
 * Measures what the services know, cross-validated on the development data by the code that the services run:
 * `node training/evaluate.ts [--only SET] [--json FILE] [--data DIR]`. Figures go to the output, progress to the error
 * output. Writes nothing else, and never trains on what it tests.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { dataDir } from './data.ts'
import { evaluateCategory } from './category.ts'
import { evaluateInvoice } from './invoice.ts'
import { evaluateKind } from './kind.ts'
import { evaluateReceipt } from './receipt.ts'
import { evaluateProductPage } from './product-page.ts'
import { printFigure, type Figure } from './report.ts'

const { values } = parseArgs({
  options: { only: { type: 'string' }, json: { type: 'string' }, data: { type: 'string' } },
})

const SETS: Record<string, (dir: string) => Promise<Figure[]>> = {
  doctype: evaluateKind,
  'parts-digikey': evaluateCategory,
  sroie: evaluateReceipt,
  einvoice: evaluateInvoice,
  'product-pages': evaluateProductPage,
}

const names = values.only ? [values.only] : Object.keys(SETS)
const figures: Figure[] = []
for (const name of names) {
  const evaluate = SETS[name]
  if (!evaluate) throw new Error(`No set "${name}": one of ${Object.keys(SETS).join(', ')}`)
  process.stderr.write(`${name}\n`)
  const measured = await evaluate(dataDir(values.data))
  measured.forEach(printFigure)
  figures.push(...measured)
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`)
