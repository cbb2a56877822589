import type { Cell } from './page-cells.ts'
import { amountCandidates } from './amount-candidates.ts'
import { dateCandidates } from './date-candidates.ts'
import { nameCandidates } from './name-candidates.ts'
import { numberCandidates, vatIdCandidates } from './number-candidates.ts'

/** A value that some field might have, where it stands, and what speaks for it. */
export type Candidate = { value: string; printed: string; cell: Cell; features: Map<string, number> }

/** The fields that are chosen by scorers, each with the kind of candidates it is chosen from. */
export const SCORED_FIELDS = {
  invoice_number: 'number',
  issue_date: 'date',
  due_date: 'date',
  seller_name: 'name',
  buyer_name: 'name',
  seller_vat_id: 'vatId',
  net_total: 'amount',
  tax_total: 'amount',
  gross_total: 'amount',
  due_amount: 'amount',
} as const

export type ScoredField = keyof typeof SCORED_FIELDS
export type CandidateKind = (typeof SCORED_FIELDS)[ScoredField]

/** Candidates of each kind. Of very long documents the beginning and the end count: header fields stand there. */
export function invoiceCandidates(lines: readonly Cell[][]): Record<CandidateKind, Candidate[]> {
  const edges = lines.length > FIRST_LINES + LAST_LINES ? withoutMiddle(lines) : lines
  return {
    amount: amountCandidates(edges),
    date: dateCandidates(edges),
    name: nameCandidates(edges),
    number: numberCandidates(edges),
    vatId: vatIdCandidates(edges),
  }
}

const FIRST_LINES = 800
const LAST_LINES = 400

const withoutMiddle = (lines: readonly Cell[][]): Cell[][] =>
  [...lines.slice(0, FIRST_LINES), ...lines.slice(-LAST_LINES)].map((cells, line) =>
    cells.map((cell) => ({ ...cell, line })),
  )
