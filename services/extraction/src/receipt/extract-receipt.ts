import type { DocumentModel, Extraction, Field, FieldSource } from '@stageline/domain'
import type { LinearModel } from '@stageline/models'
import { chance, rank, type Scored } from '../chance.ts'
import { dateCandidates, type DateCandidate } from './date-candidates.ts'
import { findLetterhead, readAddress, readCompany } from './letterhead.ts'
import { agreement, many, odds, type Reading } from './reading.ts'
import { dayOf } from './receipt-day.ts'
import { receiptLines, type ReceiptLine } from './receipt-line.ts'
import { RECEIPT_FIELDS, type ReceiptField, type ReceiptModel } from './receipt-model.ts'
import { habitKeys, habitOf, recordOf, withHabit, type TillHabit } from './till-habits.ts'
import { totalCandidates, type TotalCandidate } from './total-candidates.ts'

/** Reads company, date, address, total and currency of a receipt. A field that cannot be found is absent. */
export function extractReceipt(document: DocumentModel, model: ReceiptModel): Extraction {
  const lines = receiptLines(document)
  const readings = readReceipt(lines, model)
  const fields: Record<string, Field> = {}
  for (const name of RECEIPT_FIELDS) {
    const reading = readings[name]
    if (reading) fields[name] = { ...reading.field, confidence: trustIn(model.trust[name], reading.evidence) }
  }
  const currency = readCurrency(lines)
  if (currency) fields['currency'] = currency
  return { fields, lineItems: [] }
}

/** How likely a reading is right. Without a model for it, nobody knows. */
export const trustIn = (trust: LinearModel | undefined, evidence: ReadonlyMap<string, number>): number =>
  trust ? chance(trust, evidence) : 0.5

/** The fields of a receipt with what speaks for them, before it is weighed. */
export function readReceipt(
  lines: readonly ReceiptLine[],
  model: ReceiptModel,
): Partial<Record<ReceiptField, Reading>> {
  const letterhead = findLetterhead(lines, model)
  const company = readCompany(letterhead, model)
  const name = String(company?.field.value ?? '')
  const keys = habitKeys(letterhead.numbers, name)
  const date = readDate(lines, model, habitOf(model.habits.date, keys))
  const day = date && dayOf(String(date.field.value))
  const address = readAddress(letterhead, model, { company: name, day })
  const total = readTotal(lines, model, habitOf(model.habits.total, keys), day)
  return {
    ...(company ? { company } : {}),
    ...(date ? { date } : {}),
    ...(address ? { address } : {}),
    ...(total ? { total } : {}),
  }
}

function readTotal(
  lines: readonly ReceiptLine[],
  model: ReceiptModel,
  habit: TillHabit | undefined,
  day: number | undefined,
) {
  const ranked = rank(withHabit(totalCandidates(lines), habit, day), model.total)
  return reading(ranked, habit, ({ value }) => value, day)
}

function readDate(lines: readonly ReceiptLine[], model: ReceiptModel, habit: TillHabit | undefined) {
  const ranked = rank(withHabit(dateCandidates(lines), habit), model.date)
  return reading(ranked, habit, ({ iso }) => iso)
}

/** The most probable candidate; the best of those that are printed otherwise is its rival. */
function reading<C extends TotalCandidate | DateCandidate>(
  ranked: Scored<C>[],
  habit: TillHabit | undefined,
  valueOf: (candidate: C) => string,
  day?: number,
): Reading | undefined {
  const [first] = ranked
  if (!first) return undefined
  const { printed, line, features } = first.candidate
  const value = valueOf(first.candidate)
  const rival = ranked.find(({ candidate }) => candidate.printed !== printed)?.score ?? 0
  const alike = new Set(ranked.flatMap(({ candidate }) => (valueOf(candidate) === value ? [candidate.line.index] : [])))
  const { receipts, seen, right, near, rightNear, writtenNear } = recordOf(habit, first.candidate, day)
  const evidence = new Map([
    ['score', odds(first.score)],
    ['ahead', odds(first.score / (first.score + rival))],
    ['alike', many(alike.size)],
    ['receipts', many(receipts)],
    ['habit', agreement(right, seen)],
    ['habitually', agreement(right, receipts)],
    ['near', many(near)],
    ['habitually near', agreement(rightNear, near)],
    ['written near', agreement(writtenNear, near)],
    ...[...features.keys()].flatMap((name) => (name.startsWith('sum:') ? [[name, 1] as const] : [])),
  ])
  return { field: { value, ...(printed === value ? {} : { printed }), source: lineSource(line) }, evidence }
}

const lineSource = (line: ReceiptLine): FieldSource => ({
  method: 'text',
  page: line.page,
  ...(line.box ? { box: line.box } : {}),
  text: line.text.slice(0, 500),
})

const SIGNS: [RegExp, string][] = [
  [/\bRM\s?\d|\bMYR\b|\(RM\)/, 'MYR'],
  [/€|\bEUR\b/, 'EUR'],
  [/£|\bGBP\b/, 'GBP'],
  [/\bCHF\b/, 'CHF'],
  [/\bUSD\b|US\$|\$\s?\d/, 'USD'],
]

function readCurrency(lines: ReceiptLine[]): Field | undefined {
  for (const [sign, code] of SIGNS) {
    const hits = lines.filter(({ text }) => sign.test(text))
    if (hits[0]) return { value: code, confidence: hits.length > 1 ? 0.97 : 0.9, source: lineSource(hits[0]) }
  }
  return undefined
}
