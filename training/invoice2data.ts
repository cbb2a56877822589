import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Extraction } from '../packages/domain/src/document.ts'
import { createDocumentReader } from '../packages/documents/src/index.ts'
import { extractDocument } from '../services/extraction/src/extract-document.ts'
import { shippedModels } from '../services/extraction/src/models.ts'
import { loadScorer, readSet, type Dirs } from './data.ts'
import type { Measured } from './report.ts'

type Item = { id: string; file: string }
type Truth = { id: string }
type Score = { f1: number; precision: number; recall: number; fields: Record<string, number>; document_exact: number }
type Scorer = { score(truth: object[], predictions: object[], options: { fields: string[] }): Score }

/** What the set calls our fields. */
const NAMES = {
  issuer: 'seller_name',
  invoice_number: 'invoice_number',
  date: 'issue_date',
  amount: 'gross_total',
  currency: 'currency',
} as const

/** Invoices of other people, in layouts that nothing was trained on: read with the models that are shipped. */
export async function evaluateInvoice2data({ train, test }: Dirs): Promise<Measured> {
  const { score } = await loadScorer<Scorer>(train, 'einvoice')
  const set = readSet<Item, Truth>(test, 'invoice2data')
  const models = shippedModels()
  await using reader = createDocumentReader()
  const predictions: { id: string }[] = []
  for (const { item } of set) {
    const bytes = readFileSync(join(test, 'invoice2data', item.file))
    const document = await reader.read(bytes, { mediaType: 'application/pdf' })
    predictions.push({ id: item.id, ...inTheirWords(extractDocument(document, 'invoice', models)) })
  }
  const truth = set.map(({ truth }) => truth)
  const { f1, precision, recall, fields, document_exact } = score(truth, predictions, { fields: Object.keys(NAMES) })
  const figure = {
    set: 'invoice2data',
    metric: 'header F1, shipped model',
    mean: f1,
    deviation: 0,
    items: set.length,
    details: { precision, recall, ...fields, document_exact },
  }
  return { figures: [figure], predictions: { invoice2data: predictions } }
}

/** `confidence` is that of the least sure field. */
function inTheirWords({ fields }: Extraction): object {
  const known = Object.entries(NAMES).flatMap(([theirs, ours]) => {
    const field = fields[ours]
    return field ? [{ theirs, ...field }] : []
  })
  return {
    ...Object.fromEntries(known.map(({ theirs, value }) => [theirs, value])),
    confidence: Math.min(1, ...known.map(({ confidence }) => confidence)),
  }
}
