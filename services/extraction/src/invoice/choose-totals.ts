import type { Scored } from '../chance.ts'
import { toUnits } from '../values/parse-amount.ts'
import type { Candidate } from './field-candidates.ts'

export type Totals = {
  net: Scored<Candidate> | undefined
  tax: Scored<Candidate> | undefined
  gross: Scored<Candidate> | undefined
}

/**
 * Chooses net, tax and gross together: of the best few of each, the three with the highest product of scores, where
 * adding up to the cent counts for much. Without that, a line total next to a good label easily wins over a net total.
 */
export function chooseTotals(net: Scored<Candidate>[], tax: Scored<Candidate>[], gross: Scored<Candidate>[]): Totals {
  const options = shortlist(net).flatMap((n) =>
    shortlist(tax).flatMap((t) => shortlist(gross).map((g) => ({ net: n, tax: t, gross: g }))),
  )
  const weight = (option: Totals): number =>
    score(option.net) * score(option.tax) * score(option.gross) * (addsUp(option) ? ADDS_UP : 1)
  return options.reduce((best, option) => (weight(option) > weight(best) ? option : best))
}

const FEW = 6
const ADDS_UP = 25
/** What a field that is left empty counts: a candidate must be better than that. */
const EMPTY = 0.06

/** The best few with different values, and the choice to leave the field empty. */
function shortlist(scored: Scored<Candidate>[]): (Scored<Candidate> | undefined)[] {
  const seen = new Set<string>()
  const distinct = scored.filter(({ candidate }) => !seen.has(candidate.value) && seen.add(candidate.value))
  return [undefined, ...distinct.slice(0, FEW)]
}

const score = (choice: Scored<Candidate> | undefined): number => choice?.score ?? EMPTY

function addsUp({ net, tax, gross }: Totals): boolean {
  if (!net || !tax || !gross) return false
  const [n, t, g] = [net, tax, gross].map(({ candidate }) => toUnits(candidate.value))
  return n !== undefined && t !== undefined && g !== undefined && n + t === g
}
