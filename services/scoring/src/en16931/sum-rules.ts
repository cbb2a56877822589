import type { XmlNode } from '@stageline/domain'
import { compare, isZero, minus, plus, roundTo, sum, textOfDecimal, type Decimal } from '../decimal.ts'
import { amountIn, hasTerm, named, placeOf, termAmount, termAmounts, termNodes, vatTotalsIn } from './e-invoice.ts'
import type { Chain, EInvoice, Term } from './e-invoice.ts'
import { at, type Finding, type Rule } from './rule.ts'
import { selectPath } from './select-path.ts'
import { isTaxWithinOne, percentOf } from './vat-amount.ts'

const ZERO = { units: 0n, scale: 0 }
const CENTS = 2

/** A total in the document totals, and what it shall be, worked out from the other amounts. */
type Total = { code: string; term: Term; formula: string; expected: (totals: Totals) => Decimal | undefined }
type Totals = { invoice: EInvoice; amount: (term: Term) => Decimal | undefined; orZero: (term: Term) => Decimal }

const TOTALS: readonly Total[] = [
  {
    code: 'BR-CO-10',
    term: 'BT-106',
    formula: 'the line net amounts (BT-131) sum to',
    expected: ({ invoice }) => sum(termAmounts(invoice, ['BG-25', 'BT-131'])),
  },
  {
    code: 'BR-CO-13',
    term: 'BT-109',
    formula: 'the sum of the lines (BT-106) less allowances (BT-107) and with charges (BT-108) is',
    expected: ({ amount, orZero }) => {
      const lines = amount('BT-106')
      return lines && plus(minus(lines, orZero('BT-107')), orZero('BT-108'))
    },
  },
  {
    code: 'BR-CO-16',
    term: 'BT-115',
    formula: 'the total with VAT (BT-112) less the paid amount (BT-113) and with the rounding (BT-114) is',
    expected: ({ amount, orZero }) => {
      const total = amount('BT-112')
      return total && plus(minus(total, orZero('BT-113')), orZero('BT-114'))
    },
  },
]

const totalRule = ({ code, term, formula, expected }: Total): Rule => ({
  code,
  find: (invoice) =>
    termNodes(invoice, ['BG-22']).flatMap((group) => {
      const amount = (name: Term) => termAmount(invoice, [name], group)
      const wanted = expected({ invoice, amount, orZero: (name) => amount(name) ?? ZERO })
      return differing(placeOf(invoice, [term], group), term, amount(term), wanted, formula)
    }),
})

function differing(
  where: string,
  term: Term,
  actual: Decimal | undefined,
  wanted: Decimal | undefined,
  formula: string,
): Finding[] {
  if (!actual) return [{ where, detail: `${named(term)} is missing or no number.` }]
  if (!wanted)
    return [{ where, detail: `${named(term)} cannot be checked: an amount that it follows from is missing.` }]
  const equal = compare(actual, wanted) === 0 || compare(actual, roundTo(wanted, CENTS)) === 0
  return equal
    ? []
    : [{ where, detail: `${named(term)} is ${textOfDecimal(actual)}, but ${formula} ${textOfDecimal(wanted)}.` }]
}

/** The sums of allowances and charges may be left out where there are none. */
const partsRule = (code: string, total: Term, parts: Chain): Rule => ({
  code,
  find: (invoice) =>
    termNodes(invoice, ['BG-22']).flatMap((group) => {
      const isLeftOut = !hasTerm(invoice, [total], group) && !hasTerm(invoice, parts.slice(0, 1))
      const wanted = sum(termAmounts(invoice, parts))
      const formula = `the amounts (${parts.at(-1)}) sum to`
      return isLeftOut
        ? []
        : differing(placeOf(invoice, [total], group), total, termAmount(invoice, [total], group), wanted, formula)
    }),
})

/** In UBL each tax total has a breakdown of its own, or none where it is in the currency of accounting. */
const vatTotalIsSum: Rule = {
  code: 'BR-CO-14',
  find: (invoice) =>
    vatTotals(invoice).flatMap(({ total, isBrokenDown, parts, where }) =>
      !isBrokenDown
        ? []
        : differing(
            where,
            'BT-110',
            total && amountIn(total),
            sum(amountsOf(parts)),
            'the tax amounts (BT-117) sum to',
          ),
    ),
}

type VatTotal = { total: XmlNode | undefined; isBrokenDown: boolean; parts: XmlNode[]; where: string }

function vatTotals(invoice: EInvoice): VatTotal[] {
  if (invoice.syntax === 'cii') {
    const parts = termNodes(invoice, ['BG-23', 'BT-117'])
    return vatTotalsIn(invoice, 'BT-5').map((total) => ({ total, isBrokenDown: true, parts, where: total.path }))
  }
  return selectPath(invoice.root, 'TaxTotal').map((group) => ({
    total: selectPath(group, 'TaxAmount')[0],
    isBrokenDown: selectPath(group, 'TaxSubtotal').length > 0,
    parts: selectPath(group, 'TaxSubtotal/TaxAmount'),
    where: `${group.path}/TaxAmount`,
  }))
}

const amountsOf = (nodes: readonly XmlNode[]): Decimal[] => nodes.flatMap((node) => amountIn(node) ?? [])

/** In UBL the VAT total is there even where it is zero; UN/CEFACT may leave it out. */
const totalWithVat: Rule = {
  code: 'BR-CO-15',
  find: (invoice) => {
    const totals = vatTotalsIn(invoice, 'BT-5')
    const isLeftOut = totals.length === 0 && invoice.syntax === 'cii'
    if (!hasTerm(invoice, ['BT-5'])) return []
    if (totals.length !== 1 && !isLeftOut) {
      const detail = `${named('BT-110')} is there ${totals.length} times in the currency of the invoice, not once.`
      return [{ where: placeOf(invoice, ['BT-110']), detail }]
    }
    const [net, gross] = (['BT-109', 'BT-112'] as const).map((term) => termAmount(invoice, ['BG-22', term]))
    const tax = isLeftOut ? ZERO : amountsOf(totals)[0]
    const formula = 'the total without VAT (BT-109) and the VAT (BT-110) make'
    return differing(placeOf(invoice, ['BG-22', 'BT-112']), 'BT-112', gross, net && tax && plus(net, tax), formula)
  },
}

/** Within one unit of the currency, as the validation artefacts of the standard allow; without a rate there is no tax. */
const categoryTax: Rule = {
  code: 'BR-CO-17',
  find: (invoice) =>
    termNodes(invoice, ['BG-23']).flatMap((group) => {
      const tax = termAmount(invoice, ['BT-117'], group)
      const base = termAmount(invoice, ['BT-116'], group)
      const rate = termAmount(invoice, ['BT-119'], group) ?? ZERO
      const isUntaxed = isZero(roundTo(rate, 0))
      const wanted = isUntaxed ? ZERO : base && percentOf(base, rate)
      if (tax && wanted && (isUntaxed ? isZero(roundTo(tax, 0)) : isTaxWithinOne(tax, wanted))) return []
      const [place] = termNodes(invoice, ['BT-117'], group)
      const expected = wanted ? textOfDecimal(wanted) : 'unknown'
      const found = tax ? textOfDecimal(tax) : 'missing'
      return at(
        place ?? group,
        `${named('BT-117')} is ${found}; ${named('BT-116')} at ${textOfDecimal(rate)} % makes ${expected}.`,
      )
    }),
}

export const SUM_RULES: readonly Rule[] = [
  ...TOTALS.map(totalRule),
  partsRule('BR-CO-11', 'BT-107', ['BG-20', 'BT-92']),
  partsRule('BR-CO-12', 'BT-108', ['BG-21', 'BT-99']),
  vatTotalIsSum,
  totalWithVat,
  categoryTax,
]
