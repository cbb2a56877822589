import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DocumentModel, Extraction, Field } from '../packages/domain/src/document.ts'
import { createDocumentReader } from '../packages/documents/src/index.ts'
import { extractInvoiceText } from '../services/extraction/src/invoice/extract-invoice-text.ts'
import {
  invoiceCandidates,
  SCORED_FIELDS,
  type Candidate,
  type CandidateKind,
  type ScoredField,
} from '../services/extraction/src/invoice/field-candidates.ts'
import {
  invoiceModel,
  type InvoiceModel,
  type InvoiceModelFile,
} from '../services/extraction/src/invoice/invoice-model.ts'
import { pageCells } from '../services/extraction/src/invoice/page-cells.ts'
import { readStructuredInvoice } from '../services/extraction/src/invoice/read-structured-invoice.ts'
import { autoCompleteFigure, seenBelow } from './auto-complete.ts'
import { heldOutError, type ScoredAnswer } from './calibration-error.ts'
import { crossValidate, overFolds, type Outcome } from './cross-validate.ts'
import { loadScorer, readSet, type Dirs } from './data.ts'
import { makeFolds, roundsOf, splits } from './folds.ts'
import { fitCalibration } from './isotonic.ts'
import { ownInvoices } from './own-invoices.ts'
import type { Measured } from './report.ts'
import { trainSoftmax, type Example } from './softmax.ts'

type Item = { id: string; format: 'pdf' | 'ubl' | 'cii'; file: string; family: string }
export type InvoiceTruth = { id: string } & Partial<Record<ScoredField, string | null>> & { visible_in_text?: string[] }
export type InvoiceExample = {
  id: string
  group: string
  document: DocumentModel
  truth: InvoiceTruth
  candidates: Record<CandidateKind, Candidate[]>
}
type Score = {
  f1: number
  precision: number
  recall: number
  fields: Record<string, number>
  line_items: { f1: number }
  document_exact: number
}
type Scorer = { score(truth: object[], predictions: object[], options?: { visibleOnly: boolean }): Score }

const FIELDS = Object.keys(SCORED_FIELDS) as ScoredField[]
const OPTIONS = { epochs: 15, rate: 0.15, penalty: 3e-4, minCount: 3 }

export async function learnInvoice(dir: string): Promise<InvoiceModelFile> {
  const { texts } = await readExamples(dir)
  const apart = crossValidate(splits(foldsOf(texts)), learn, predict)
  const mixed = crossValidate(splits(makeFolds(texts, { group: ({ id }) => id })), learn, predict)
  // Layouts that were met before and layouts that were not: both will come.
  const outcomes = [...apart.outcomes, ...mixed.outcomes]
  return {
    ...learn(texts),
    calibration: Object.fromEntries(FIELDS.map((field) => [field, fitCalibration(rowsOf(outcomes, field))])),
  }
}

export async function evaluateInvoice(dirs: Dirs): Promise<Measured> {
  const { structured } = await readExamples(dirs.test)
  const { score } = await loadScorer<Scorer>(dirs.train, 'einvoice')
  const read = structured.map(({ id, document }) =>
    flat(id, readStructuredInvoice(document) ?? { fields: {}, lineItems: [] }),
  )
  const embedded = score(
    structured.map(({ truth }) => truth),
    read,
  )
  const rounds = await roundsOf(dirs, async (dir) => (await readExamples(dir)).texts, foldsOf)
  const { outcomes, itemsPerSecond } = crossValidate(rounds, learn, predict)
  const scoreOf = (some: Outcome<InvoiceExample, Extraction>[]): Score =>
    score(
      some.map(({ example }) => example.truth),
      some.map(({ example, prediction }) => flat(example.id, prediction)),
      { visibleOnly: true },
    )
  const all = scoreOf(outcomes)
  const f1 = overFolds(outcomes, (fold) => scoreOf(fold).f1)
  const eces = await Promise.all(
    FIELDS.map(async (field) => [`ece_${field}`, await heldOutError(dirs.train, rowsOf(outcomes, field))] as const),
  )
  const figures = [
    {
      set: 'einvoice',
      metric: 'embedded header F1',
      floor: 0.98,
      target: 0.995,
      mean: embedded.f1,
      deviation: 0,
      items: structured.length,
      details: { line_items: embedded.line_items.f1, document_exact: embedded.document_exact },
    },
    {
      set: 'einvoice',
      metric: 'text header F1 (visible fields)',
      floor: 0.85,
      baseline: 0.562,
      target: 0.92,
      mean: f1.mean,
      deviation: f1.deviation,
      items: outcomes.length,
      itemsPerSecond,
      details: {
        all: all.f1,
        precision: all.precision,
        recall: all.recall,
        ...all.fields,
        line_items: all.line_items.f1,
        document_exact: all.document_exact,
        ...Object.fromEntries(eces),
      },
    },
    {
      set: 'einvoice',
      metric: 'text line items F1',
      floor: 0.75,
      target: 0.8,
      mean: all.line_items.f1,
      deviation: overFolds(outcomes, (fold) => scoreOf(fold).line_items.f1).deviation,
      items: outcomes.length,
    },
  ]
  const documents = structured.map(({ id, document, truth }, index) => ({
    id,
    fold: index % 5,
    confidence: surenessOf(readStructuredInvoice(document)),
    right: score([truth], [read[index]!]).document_exact === 1,
  }))
  const printed = outcomes.map(({ example, prediction }) => flat(example.id, prediction))
  const alone = autoCompleteFigure(
    { set: 'einvoice', metric: 'embedded, auto-complete at 99 %', target: 0.95, floor: 0.95 },
    documents,
    documents,
    seenBelow,
  )
  return { figures: [...figures, alone], predictions: { 'einvoice-embedded': read, 'einvoice-text': printed } }
}

/** How sure the header is as a whole; nothing where there is no e-invoice. */
const surenessOf = (read: Extraction | undefined): number =>
  read ? Object.values(read.fields).reduce((product, { confidence }) => product * confidence, 1) : 0

const flat = (id: string, { fields, lineItems }: Extraction): object => ({
  id,
  ...Object.fromEntries(Object.entries(fields).map(([name, { value }]) => [name, value])),
  line_items: lineItems.map((line) =>
    Object.fromEntries(Object.entries(line).map(([name, { value }]) => [name, value])),
  ),
})

/** A person takes a name with its legal form for right where the truth leaves that out. */
function acceptable(field: ScoredField, value: Field['value'] | undefined): string {
  const text = String(value ?? '')
  return field.endsWith('_name') ? text.replace(/\s(gmbh|ag|kg|ltd\.?|llc|inc\.?|sarl|sas|sa)$/i, '') : text
}

const rowsOf = (outcomes: Outcome<InvoiceExample, Extraction>[], field: ScoredField): ScoredAnswer[] =>
  outcomes.flatMap(({ example, prediction, fold }) => {
    const answer = prediction.fields[field]
    const right = same(acceptable(field, answer?.value), acceptable(field, example.truth[field]))
    return answer && isKnown(example, field) ? [{ id: example.id, fold, score: answer.confidence, right }] : []
  })

const models = new WeakMap<InvoiceModelFile, InvoiceModel>()
/** Only the printed text counts here: attached data are taken away. */
function predict(file: InvoiceModelFile, { document }: InvoiceExample): Extraction {
  const model = models.get(file) ?? invoiceModel(file)
  models.set(file, model)
  return extractInvoiceText({ ...document, structured: [] }, model)
}

function learn(examples: InvoiceExample[]): InvoiceModelFile {
  const all = [...examples, ...ownInvoices().map((invoice) => withCandidates(invoice))]
  const scorer = (field: ScoredField) =>
    trainSoftmax(
      all.flatMap((example) => labelled(example, field)),
      OPTIONS,
    )
  return {
    calibration: {},
    scorers: {
      invoice_number: scorer('invoice_number'),
      issue_date: scorer('issue_date'),
      due_date: scorer('due_date'),
      seller_name: scorer('seller_name'),
      buyer_name: scorer('buyer_name'),
      seller_vat_id: scorer('seller_vat_id'),
      net_total: scorer('net_total'),
      tax_total: scorer('tax_total'),
      gross_total: scorer('gross_total'),
      due_amount: scorer('due_amount'),
    },
  }
}

/** The set's truth has no due date; the attached XML may, and where it has none nothing is known. */
function withDueDate<T extends { document: DocumentModel; truth: InvoiceTruth }>(example: T): T {
  const due = readStructuredInvoice(example.document)?.fields['due_date']?.value
  return { ...example, truth: { ...example.truth, ...(typeof due === 'string' ? { due_date: due } : {}) } }
}

const isKnown = ({ id, truth }: InvoiceExample, field: ScoredField): boolean =>
  field !== 'due_date' || truth.due_date !== undefined || id.startsWith('own-')

/** Wrong candidates far outnumber right ones; a long document must not count more than a short one. */
function labelled(example: InvoiceExample, field: ScoredField): Example[] {
  if (!isKnown(example, field)) return []
  const { candidates, truth } = example
  const options = candidates[SCORED_FIELDS[field]]
  const right = options.filter(({ value }) => same(value, truth[field]))
  return options.map((candidate) =>
    right.includes(candidate)
      ? { features: candidate.features, label: 'yes', weight: 2 / Math.sqrt(right.length) }
      : { features: candidate.features, label: 'no', weight: Math.min(1, 25 / options.length) },
  )
}

function same(value: string, truth: string | null | undefined): boolean {
  if (!truth) return false
  if (/^-?\d+(\.\d+)?$/.test(truth) && /^-?\d+(\.\d+)?$/.test(value) && truth.length < 12)
    return Number(value) === Number(truth)
  return plain(value) === plain(truth)
}
const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')

const foldsOf = (examples: InvoiceExample[]): InvoiceExample[][] => makeFolds(examples, { group: ({ group }) => group })

const withCandidates = (example: Omit<InvoiceExample, 'candidates'>): InvoiceExample => ({
  ...example,
  candidates: invoiceCandidates(pageCells(example.document)),
})

async function readExamples(
  dir: string,
): Promise<{ texts: InvoiceExample[]; structured: { id: string; document: DocumentModel; truth: InvoiceTruth }[] }> {
  await using reader = createDocumentReader()
  const structured: { id: string; group: string; document: DocumentModel; truth: InvoiceTruth }[] = []
  for (const { item, truth } of readSet<Item, InvoiceTruth>(dir, 'einvoice')) {
    const bytes = readFileSync(join(dir, 'einvoice', item.file))
    const mediaType = item.format === 'pdf' ? 'application/pdf' : 'application/xml'
    structured.push(
      withDueDate({ id: item.id, group: item.family, document: await reader.read(bytes, { mediaType }), truth }),
    )
  }
  return {
    structured,
    texts: structured.filter(({ document }) => document.mediaType === 'application/pdf').map(withCandidates),
  }
}
