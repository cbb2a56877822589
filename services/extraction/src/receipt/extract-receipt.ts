import { chance } from '../chance.ts'
import type { DocumentModel, Extraction, Field, FieldSource } from '@stageline/domain'
import { calibrated } from '../calibration.ts'
import type { LinearModel } from '@stageline/models'
import { dateCandidates } from './date-candidates.ts'
import { readLetterhead } from './letterhead.ts'
import { receiptLines, type ReceiptLine } from './receipt-line.ts'
import type { ReceiptModel } from './receipt-model.ts'
import { totalCandidates } from './total-candidates.ts'

/** Reads company, date, address, total and currency of a receipt. A field that cannot be found is absent. */
export function extractReceipt(document: DocumentModel, model: ReceiptModel): Extraction {
  const lines = receiptLines(document)
  const { company, address } = readLetterhead(lines, model)
  const total = best(totalCandidates(lines), model.total)
  const date = best(dateCandidates(lines), model.date)
  const fields: Record<string, Field> = {}
  if (company) fields['company'] = { ...company, confidence: calibrated(model.calibration.company, company.confidence) }
  if (address) fields['address'] = { ...address, confidence: calibrated(model.calibration.address, address.confidence) }
  if (date) fields['date'] = read(date.candidate.iso, date.candidate, calibrated(model.calibration.date, date.score))
  if (total)
    fields['total'] = read(total.candidate.value, total.candidate, calibrated(model.calibration.total, total.score))
  const currency = readCurrency(lines)
  if (currency) fields['currency'] = currency
  return { fields, lineItems: [] }
}

const lineSource = (line: ReceiptLine): FieldSource => ({
  method: 'text',
  page: line.page,
  ...(line.box ? { box: line.box } : {}),
  text: line.text.slice(0, 500),
})

const read = (value: string, { printed, line }: { printed: string; line: ReceiptLine }, confidence: number): Field => ({
  value,
  confidence,
  ...(printed === value ? {} : { printed }),
  source: lineSource(line),
})

/**
 * The most probable candidate. Candidates that read alike support each other; the score is the share that the best
 * reading has of all of them, times its own probability.
 */
function best<C extends { printed: string; features: Map<string, number> }>(
  candidates: C[],
  model: LinearModel,
): { candidate: C; score: number } | undefined {
  const scored = candidates
    .map((candidate) => ({ candidate, score: chance(model, candidate.features) }))
    .sort((a, b) => b.score - a.score)
  const [first] = scored
  if (!first) return undefined
  const rival = scored.find(({ candidate }) => candidate.printed !== first.candidate.printed)?.score ?? 0
  return { candidate: first.candidate, score: first.score * (first.score / (first.score + rival)) }
}

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
