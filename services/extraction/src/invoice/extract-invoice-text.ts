import type { DocumentModel, Extraction, Field, Fields } from '@stageline/domain'
import { calibrated } from '../calibration.ts'
import { rank, type Scored } from '../chance.ts'
import { chooseTotals } from './choose-totals.ts'
import { invoiceCandidates, SCORED_FIELDS, type Candidate, type ScoredField } from './field-candidates.ts'
import { isCreditNote, statedAsCredit } from './credit-note.ts'
import type { InvoiceModel } from './invoice-model.ts'
import { cellSource, pageCells } from './page-cells.ts'
import { readCurrency } from './read-currency.ts'
import { readLineItems } from './read-line-items.ts'

/** Reads an invoice or credit note from its printed text alone. A field that is not found is absent. */
export function extractInvoiceText(document: DocumentModel, model: InvoiceModel): Extraction {
  const lines = pageCells(document)
  const candidates = invoiceCandidates(lines)
  const ranked = (field: ScoredField): Scored<Candidate>[] =>
    rank(candidates[SCORED_FIELDS[field]], model.scorers[field])
  const totals = chooseTotals(ranked('net_total'), ranked('tax_total'), ranked('gross_total'))
  const seller = ranked('seller_name')[0]
  const chosen: Partial<Record<ScoredField, Scored<Candidate> | undefined>> = {
    invoice_number: ranked('invoice_number')[0],
    issue_date: ranked('issue_date')[0],
    due_date: ranked('due_date')[0],
    seller_name: seller,
    buyer_name: ranked('buyer_name').find(({ candidate }) => candidate.value !== seller?.candidate.value),
    seller_vat_id: ranked('seller_vat_id')[0],
    net_total: totals.net,
    tax_total: totals.tax,
    gross_total: totals.gross,
    due_amount: dueAmount(ranked('due_amount')[0], totals.gross),
  }
  const currency = readCurrency(lines)
  const fields = { ...toFields(chosen, model), ...(currency ? { currency } : {}) }
  const read = { fields, lineItems: readLineItems(lines) }
  return isCreditNote(lines) ? statedAsCredit(read) : read
}

/** Below this a candidate is worse than none. */
const LEAST_SCORE: Partial<Record<ScoredField, number>> = {
  due_date: 0.4,
  seller_vat_id: 0.15,
  issue_date: 0.1,
  due_amount: 0.1,
}

/** An invoice that names no amount to pay is to be paid in full. */
function dueAmount(
  due: Scored<Candidate> | undefined,
  gross: Scored<Candidate> | undefined,
): Scored<Candidate> | undefined {
  return gross && (!due || due.score < 0.5) ? { ...gross, score: gross.score * 0.5 } : due
}

function toFields(chosen: Partial<Record<ScoredField, Scored<Candidate> | undefined>>, model: InvoiceModel): Fields {
  const names = Object.keys(SCORED_FIELDS) as ScoredField[]
  return Object.fromEntries(
    names.flatMap((name): [string, Field][] => {
      const choice = chosen[name]
      if (!choice || choice.score < (LEAST_SCORE[name] ?? 0.05)) return []
      return [[name, toField(choice, calibrated(model.calibration[name], choice.score))]]
    }),
  )
}

const toField = ({ candidate }: Scored<Candidate>, confidence: number): Field => ({
  value: candidate.value,
  confidence,
  source: cellSource(candidate.cell),
  ...(candidate.printed === candidate.value ? {} : { printed: candidate.printed }),
})
