import type { DocumentModel } from '../packages/domain/src/document.ts'
import { dateCandidates } from '../services/extraction/src/receipt/date-candidates.ts'
import { extractReceipt } from '../services/extraction/src/receipt/extract-receipt.ts'
import { lineFeatures } from '../services/extraction/src/receipt/line-features.ts'
import { receiptLines, type ReceiptLine } from '../services/extraction/src/receipt/receipt-line.ts'
import { receiptModel, type ReceiptModelFile } from '../services/extraction/src/receipt/receipt-model.ts'
import { totalCandidates } from '../services/extraction/src/receipt/total-candidates.ts'
import { autoCompleteFigure, seenBelow, type Answer as DocumentAnswer } from './auto-complete.ts'
import { heldOutError, type ScoredAnswer } from './calibration-error.ts'
import { crossValidate, overFolds, type Outcome } from './cross-validate.ts'
import { loadScorer, readSet, type Dirs } from './data.ts'
import { makeFolds, roundsOf, splits } from './folds.ts'
import { fitCalibration } from './isotonic.ts'
import { createLetterheadMemory, labelLetterhead, type LabelledLetterhead } from './letterhead-labels.ts'
import { ownReceipts } from './own-receipts.ts'
import type { Figure, Measured } from './report.ts'
import { trainSoftmax, type Example } from './softmax.ts'

export const RECEIPT_FIELDS = ['company', 'date', 'address', 'total'] as const
export type ReceiptField = (typeof RECEIPT_FIELDS)[number]
export type ReceiptTruth = { id: string } & Partial<Record<ReceiptField, string>>
type Item = { id: string; width: number; height: number; words: string[]; bboxes: [number, number, number, number][] }
type ReceiptExample = {
  id: string
  document: DocumentModel
  lines: ReceiptLine[]
  truth: ReceiptTruth
  letterhead: LabelledLetterhead
}
type Answer = Record<ReceiptField, { printed: string; score: number } | undefined>
type Scorer = {
  score(truth: object[], predictions: object[]): { f1: number; fields: Record<string, number>; document_exact: number }
}

export function learnReceipt(dir: string): ReceiptModelFile {
  const examples = readExamples(dir)
  const mixed = crossValidate(splits(foldsBy('id')(examples)), learn, predict)
  const unseen = crossValidate(splits(foldsBy('company')(examples)), learn, predict)
  // Vendors that were met before and vendors that were not: both will come.
  return { ...learn(examples), calibration: calibrate([...mixed.outcomes, ...unseen.outcomes]) }
}

export async function evaluateReceipt(dirs: Dirs): Promise<Measured> {
  const mixed = crossValidate(await roundsOf(dirs, readExamples, foldsBy('id')), learn, predict)
  const unseen = crossValidate(splits(foldsBy('company')(readExamples(dirs.train))), learn, predict)
  const known =
    dirs.train === dirs.test ? mixed : crossValidate(splits(foldsBy('id')(readExamples(dirs.train))), learn, predict)
  return {
    figures: [
      {
        ...(await measure(dirs.train, mixed.outcomes, unseen.outcomes)),
        metric: 'entity F1',
        floor: 0.65,
        target: 0.9,
        itemsPerSecond: mixed.itemsPerSecond,
        baseline: 0.507,
        published: 'BERT-base 91.0, LayoutLM 97.8, entries of 2019 89.6 to 63.3',
      },
      { ...(await measure(dirs.train, unseen.outcomes, mixed.outcomes)), metric: 'entity F1, vendors not seen' },
      autoCompleteFigure(
        { set: 'sroie', metric: 'documents, auto-complete at 99 %', target: 0.3 },
        documentsOf(mixed.outcomes),
        documentsOf(known.outcomes),
        seenBelow,
      ),
    ],
    predictions: { sroie: answers(mixed.outcomes) },
  }
}

type Outcomes = Outcome<ReceiptExample, Answer>[]

async function measure(dir: string, outcomes: Outcomes, others: Outcomes): Promise<Omit<Figure, 'metric'>> {
  const { score } = await loadScorer<Scorer>(dir, 'sroie')
  const f1 = overFolds(outcomes, (fold) => score(truths(fold), answers(fold)).f1)
  const all = score(truths(outcomes), answers(outcomes))
  const errors = await Promise.all(
    RECEIPT_FIELDS.map(
      async (field) =>
        [`ece_${field}`, await heldOutError(dir, scored(outcomes, field), scored(others, field))] as const,
    ),
  )
  const details = { ...all.fields, document_exact: all.document_exact, ...Object.fromEntries(errors) }
  return { set: 'sroie', mean: f1.mean, deviation: f1.deviation, items: outcomes.length, details }
}

/** All four fields, as sure as they are together. */
const documentsOf = (outcomes: Outcomes): DocumentAnswer[] =>
  outcomes.map(({ example, prediction, fold }) => ({
    id: example.id,
    fold,
    confidence: RECEIPT_FIELDS.reduce((product, field) => product * (prediction[field]?.score ?? 0), 1),
    right: RECEIPT_FIELDS.every((field) => (prediction[field]?.printed ?? '') === (example.truth[field] ?? '')),
  }))

const scored = (outcomes: Outcomes, field: ReceiptField): ScoredAnswer[] =>
  outcomes.flatMap(({ example, prediction, fold }) => {
    const answer = prediction[field]
    return answer ? [{ id: example.id, fold, score: answer.score, right: answer.printed === example.truth[field] }] : []
  })

const truths = (outcomes: Outcome<ReceiptExample, Answer>[]): object[] => outcomes.map(({ example }) => example.truth)
const answers = (outcomes: Outcome<ReceiptExample, Answer>[]): object[] =>
  outcomes.map(({ example, prediction }) => ({
    id: example.id,
    ...Object.fromEntries(RECEIPT_FIELDS.map((field) => [field, prediction[field]?.printed])),
  }))

const calibrate = (outcomes: Outcomes): ReceiptModelFile['calibration'] =>
  Object.fromEntries(RECEIPT_FIELDS.map((field) => [field, fitCalibration(scored(outcomes, field))]))

function predict(file: ReceiptModelFile, { document }: ReceiptExample): Answer {
  const { fields } = extractReceipt(document, modelOf(file))
  const answer = (name: ReceiptField): Answer[ReceiptField] => {
    const field = fields[name]
    if (!field) return undefined
    // Names and addresses are asked for written out in full, dates and amounts as printed.
    const printed = name === 'date' || name === 'total' ? (field.printed ?? field.value) : field.value
    return { printed: String(printed), score: field.confidence }
  }
  return { company: answer('company'), date: answer('date'), address: answer('address'), total: answer('total') }
}

const models = new WeakMap<ReceiptModelFile, ReturnType<typeof receiptModel>>()
function modelOf(file: ReceiptModelFile): ReturnType<typeof receiptModel> {
  const known = models.get(file) ?? receiptModel(file)
  models.set(file, known)
  return known
}

/** Own receipts teach words and layouts; their invented vendors are not remembered. */
function learn(examples: ReceiptExample[]): ReceiptModelFile {
  const letterheads = createLetterheadMemory(examples.map(({ letterhead }) => letterhead))
  const own = ownReceipts().map(({ id, document, truth }) => toExample(id, document, truth))
  const lines = [
    ...examples.flatMap((example) =>
      letterheads.without(example.letterhead, (memory) => lineExamples(example, memory)),
    ),
    ...own.flatMap((example) => lineExamples(example, letterheads.memory)),
  ]
  const all = [...examples, ...own]
  return {
    lines: trainSoftmax(lines, { epochs: 12, rate: 0.2, penalty: 1e-4, minCount: 3 }),
    total: trainSoftmax(all.flatMap(totalExamples), { epochs: 15, rate: 0.2, penalty: 1e-4, minCount: 3 }),
    date: trainSoftmax(all.flatMap(dateExamples), { epochs: 15, rate: 0.2, penalty: 1e-4, minCount: 2 }),
    memory: letterheads.memory,
    vendors: letterheads.vendors,
    calibration: {},
  }
}

const lineExamples = ({ lines, letterhead }: ReceiptExample, memory: ReceiptModelFile['memory']): Example[] =>
  lines.slice(0, 24).map((line, at) => ({ features: lineFeatures(lines, at, memory), label: letterhead.label(line) }))

const totalExamples = ({ lines, truth }: ReceiptExample): Example[] =>
  totalCandidates(lines).map(({ features, printed }) => ({ features, label: printed === truth.total ? 'yes' : 'no' }))

const dateExamples = ({ lines, truth }: ReceiptExample): Example[] =>
  dateCandidates(lines).map(({ features, printed }) => ({ features, label: printed === truth.date ? 'yes' : 'no' }))

const foldsBy = (by: 'id' | 'company') => (examples: ReceiptExample[]) =>
  makeFolds(examples, { group: ({ id, truth }) => (by === 'id' ? id : (truth.company ?? id)) })

const readExamples = (dir: string): ReceiptExample[] =>
  readSet<Item, ReceiptTruth>(dir, 'sroie').map(({ item, truth }) => toExample(item.id, toDocument(item), truth))

function toExample(id: string, document: DocumentModel, truth: ReceiptTruth): ReceiptExample {
  const lines = receiptLines(document)
  return { id, document, lines, truth, letterhead: labelLetterhead(lines, truth) }
}

export function toDocument(item: Item): DocumentModel {
  const lines = item.words.map((text, index) => ({ text, box: item.bboxes[index]! }))
  return {
    reader: 'data',
    mediaType: 'image/jpeg',
    pages: [{ number: 1, width: item.width, height: item.height, origin: 'ocr', lines }],
    tables: [],
    structured: [],
    metadata: {},
    warnings: [],
  }
}
