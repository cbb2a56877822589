import type { DocumentModel } from '../packages/domain/src/document.ts'
import { dateCandidates, type DateCandidate } from '../services/extraction/src/receipt/date-candidates.ts'
import { readReceipt } from '../services/extraction/src/receipt/extract-receipt.ts'
import { HEAD_LINES } from '../services/extraction/src/receipt/letterhead.ts'
import { printedFeatures, withMemory } from '../services/extraction/src/receipt/line-features.ts'
import { receiptLines, type ReceiptLine } from '../services/extraction/src/receipt/receipt-line.ts'
import {
  RECEIPT_FIELDS,
  receiptModel,
  type ReceiptField,
  type ReceiptModelFile,
} from '../services/extraction/src/receipt/receipt-model.ts'
import {
  habitKeys,
  withHabit,
  type TillHabit,
  type TillHabits,
} from '../services/extraction/src/receipt/till-habits.ts'
import { totalCandidates, type TotalCandidate } from '../services/extraction/src/receipt/total-candidates.ts'
import type { Outcome } from './cross-validate.ts'
import { readSet } from './data.ts'
import { makeFolds } from './folds.ts'
import { createLetterheadMemory, labelLetterhead, type LabelledLetterhead } from './letterhead-labels.ts'
import { ownReceipts } from './own-receipts.ts'
import { trainSoftmax, type Example } from './softmax.ts'
import { createTillMemory, type TillRecord } from './till-memory.ts'

export type ReceiptTruth = { id: string } & Partial<Record<ReceiptField, string>>
type Item = { id: string; width: number; height: number; words: string[]; bboxes: [number, number, number, number][] }
export type ReceiptExample = {
  id: string
  lines: ReceiptLine[]
  truth: ReceiptTruth
  letterhead: LabelledLetterhead
  /** Features of the first lines; they and the candidates are the same in every fold. */
  printed: Map<string, number>[]
  total: TotalCandidate[]
  date: DateCandidate[]
}
export type Answer = Partial<Record<ReceiptField, { printed: string; evidence: Map<string, number> }>>
export type Outcomes = Outcome<ReceiptExample, Answer>[]
export function learnTrust(outcomes: Outcomes): ReceiptModelFile['trust'] {
  const examplesOf = (field: ReceiptField): Example[] =>
    outcomes.flatMap(({ example, prediction }) => {
      const read = prediction[field]
      return read ? [{ features: read.evidence, label: read.printed === example.truth[field] ? 'yes' : 'no' }] : []
    })
  return Object.fromEntries(
    RECEIPT_FIELDS.map((field) => [
      field,
      trainSoftmax(examplesOf(field), { epochs: 40, rate: 0.2, penalty: 1e-3, minCount: 1 }),
    ]),
  )
}

export function predict(file: ReceiptModelFile, { lines }: ReceiptExample): Answer {
  const readings = readReceipt(lines, modelOf(file))
  return Object.fromEntries(
    RECEIPT_FIELDS.flatMap((name) => {
      const reading = readings[name]
      if (!reading) return []
      const { value, printed = value } = reading.field
      // Names and addresses are asked for written out in full, dates and amounts as printed.
      const text = name === 'date' || name === 'total' ? printed : value
      return [[name, { printed: String(text), evidence: reading.evidence }]]
    }),
  )
}

const models = new WeakMap<ReceiptModelFile, ReturnType<typeof receiptModel>>()
function modelOf(file: ReceiptModelFile): ReturnType<typeof receiptModel> {
  const known = models.get(file) ?? receiptModel(file)
  models.set(file, known)
  return known
}

/** Own receipts teach words and layouts; their invented vendors are not remembered. */
export function learn(examples: ReceiptExample[]): ReceiptModelFile {
  const letterheads = createLetterheadMemory(examples.map(({ letterhead }) => letterhead))
  const lines = [
    ...examples.flatMap((example) =>
      letterheads.without(example.letterhead, (memory) => lineExamples(example, memory)),
    ),
    ...ownExamples().flatMap((example) => lineExamples(example, letterheads.memory)),
  ]
  const [total, date] = [learnChoice(examples, 'total'), learnChoice(examples, 'date')]
  return {
    lines: trainSoftmax(lines, { epochs: 12, rate: 0.2, penalty: 1e-4, minCount: 3 }),
    total: trainSoftmax(total.examples, { epochs: 15, rate: 0.2, penalty: 1e-4, minCount: 3 }),
    date: trainSoftmax(date.examples, { epochs: 15, rate: 0.2, penalty: 1e-4, minCount: 2 }),
    memory: letterheads.memory,
    vendors: letterheads.vendors,
    habits: { total: total.habits, date: date.habits },
    trust: {},
  }
}

const lineExamples = ({ lines, letterhead, printed }: ReceiptExample, memory: ReceiptModelFile['memory']): Example[] =>
  printed.map((features, at) => ({
    features: withMemory(features, lines, at, memory),
    label: letterhead.label(lines[at]!),
  }))

/** Candidates as examples, each with the habits of its vendor that the other receipts show. */
function learnChoice(examples: ReceiptExample[], kind: 'total' | 'date'): { examples: Example[]; habits: TillHabits } {
  const memory = createTillMemory(examples.map((example) => tillOf(example, kind)))
  // Where the date is looked for, nobody knows the day.
  const dayFor = ({ letterhead }: ReceiptExample) => (kind === 'total' ? letterhead.day : undefined)
  const toExamples = (example: ReceiptExample, habit: TillHabit | undefined): Example[] =>
    withHabit<DateCandidate | TotalCandidate>(example[kind], habit, dayFor(example)).map(({ features, printed }) => ({
      features,
      label: printed === example.truth[kind] ? 'yes' : 'no',
    }))
  const learned = examples.flatMap((example) =>
    memory.without(tillOf(example, kind), (habit) => toExamples(example, habit)),
  )
  return {
    examples: [...learned, ...ownExamples().flatMap((example) => toExamples(example, undefined))],
    habits: memory.habits(),
  }
}

const tillOf = (example: ReceiptExample, kind: 'total' | 'date'): TillRecord => ({
  keys: habitKeys(example.letterhead.numbers, example.letterhead.company),
  day: example.letterhead.day,
  forms: example[kind].map(({ form, writing, printed }) => ({
    form,
    writing,
    isRight: printed === example.truth[kind],
  })),
})

export const foldsBy =
  (by: 'id' | 'company', seed = 1) =>
  (examples: ReceiptExample[]) =>
    makeFolds(examples, { seed, group: ({ id, truth }) => (by === 'id' ? id : (truth.company ?? id)) })

let composed: ReceiptExample[] | undefined
const ownExamples = (): ReceiptExample[] =>
  (composed ??= ownReceipts().map(({ id, document, truth }) => toExample(id, document, truth)))

export const readExamples = (dir: string): ReceiptExample[] =>
  readSet<Item, ReceiptTruth>(dir, 'sroie').map(({ item, truth }) => toExample(item.id, toDocument(item), truth))

function toExample(id: string, document: DocumentModel, truth: ReceiptTruth): ReceiptExample {
  const lines = receiptLines(document)
  const printed = lines.slice(0, HEAD_LINES).map((_, at) => printedFeatures(lines, at))
  const letterhead = labelLetterhead(lines, truth)
  return { id, lines, truth, letterhead, printed, total: totalCandidates(lines), date: dateCandidates(lines) }
}

function toDocument(item: Item): DocumentModel {
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
