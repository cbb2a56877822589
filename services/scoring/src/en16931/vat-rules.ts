import { xmlText, type XmlNode } from '@stageline/domain'
import { compare, isPositive, isZero, negative, sum, textOfDecimal, type Decimal } from '../decimal.ts'
import { amountIn, hasTerm, named, placeOf, termAmount, termAmounts, termNodes, termText } from './e-invoice.ts'
import type { Chain, EInvoice, Term } from './e-invoice.ts'
import { at, type Finding, type Rule } from './rule.ts'
import { selectPath } from './select-path.ts'
import { isTaxWithinOne, isWithinOne, percentOf } from './vat-amount.ts'
import { VAT_CATEGORIES_OF_RULES, type VatCategory } from './vat-categories.ts'

/** Where a category is used: what the rules ask there, by the last digits of their codes. */
type Use = {
  group: Term
  category: Term
  /** The category also where its scheme is not named: sums count it, as the artefacts do. */
  looseCategory: Record<EInvoice['syntax'], string>
  rate: Term
  amount: Term
  party: string
  rateRule: string
  isDeducted: boolean
}

const ON_LINE = {
  ubl: 'Item/ClassifiedTaxCategory/ID',
  cii: 'SpecifiedLineTradeSettlement/ApplicableTradeTax/CategoryCode',
}
const ON_DOCUMENT = { ubl: 'TaxCategory/ID', cii: 'CategoryTradeTax/CategoryCode' }
const IN_BREAKDOWN = { ubl: 'TaxCategory/ID', cii: 'CategoryCode' }
const LINE: Use = {
  group: 'BG-25',
  category: 'BT-151',
  looseCategory: ON_LINE,
  rate: 'BT-152',
  amount: 'BT-131',
  party: '02',
  rateRule: '05',
  isDeducted: false,
}
const ALLOWANCE: Use = {
  group: 'BG-20',
  category: 'BT-95',
  looseCategory: ON_DOCUMENT,
  rate: 'BT-96',
  amount: 'BT-92',
  party: '03',
  rateRule: '06',
  isDeducted: true,
}
const CHARGE: Use = {
  group: 'BG-21',
  category: 'BT-102',
  looseCategory: ON_DOCUMENT,
  rate: 'BT-103',
  amount: 'BT-99',
  party: '04',
  rateRule: '07',
  isDeducted: false,
}
const USES: readonly Use[] = [LINE, ALLOWANCE, CHARGE]

/** The rules 01 to 10 of one category. */
const rulesOf = (category: VatCategory): Rule[] => {
  const rule = (number: string, find: Rule['find']): Rule => ({ code: `BR-${category.rules}-${number}`, find })
  return [
    rule('01', (invoice) => inBreakdown(invoice, category)),
    ...USES.map((use) => rule(use.party, (invoice) => partiesKnown(invoice, category, use))),
    ...USES.map((use) => rule(use.rateRule, (invoice) => rateFits(invoice, category, use))),
    rule('08', (invoice) => breakdownOf(invoice, category).flatMap((group) => taxableFits(invoice, category, group))),
    rule('09', (invoice) => breakdownOf(invoice, category).flatMap((group) => taxFits(invoice, category, group))),
    rule('10', (invoice) => breakdownOf(invoice, category).flatMap((group) => reasonFits(invoice, category, group))),
  ]
}

const isOf = (invoice: EInvoice, { code }: VatCategory, term: Term, group: XmlNode): boolean =>
  termText(invoice, [term], group) === code

const usesOf = (invoice: EInvoice, category: VatCategory, { group, category: term }: Use): XmlNode[] =>
  termNodes(invoice, [group]).filter((node) => isOf(invoice, category, term, node))

const breakdownOf = (invoice: EInvoice, category: VatCategory): XmlNode[] =>
  termNodes(invoice, ['BG-23']).filter((group) => isOf(invoice, category, 'BT-118', group))

const isLooselyOf = (
  { syntax }: EInvoice,
  { code }: VatCategory,
  paths: Use['looseCategory'],
  group: XmlNode,
): boolean => selectPath(group, paths[syntax]).some((node) => xmlText(node) === code)

/** A category that is used stands in the breakdown, once for each rate; one that is not does not. */
function inBreakdown(invoice: EInvoice, category: VatCategory): Finding[] {
  const used = USES.some((use) => usersOf(invoice, category, use).length > 0)
  const times = termNodes(invoice, ['BG-23']).filter((group) =>
    category.isLoose ? isLooselyOf(invoice, category, IN_BREAKDOWN, group) : isOf(invoice, category, 'BT-118', group),
  ).length
  const fits = category.isRated ? used === times > 0 : times === (used || times > 0 ? 1 : 0)
  const wanted = category.isRated ? 'at least once' : 'once'
  const asked = used ? `shall stand there ${wanted}` : 'is used nowhere in the invoice'
  const detail = `"${category.name}" (${category.code}) stands ${times} times in the VAT breakdown (BG-23), but ${asked}.`
  return fits ? [] : [{ where: placeOf(invoice, ['BG-23']), detail }]
}

const usersOf = (invoice: EInvoice, category: VatCategory, use: Use): XmlNode[] =>
  category.isLoose
    ? termNodes(invoice, [use.group]).filter((group) => isLooselyOf(invoice, category, use.looseCategory, group))
    : usesOf(invoice, category, use)

function partiesKnown(invoice: EInvoice, category: VatCategory, use: Use): Finding[] {
  const users = usesOf(invoice, category, use)
  if (users.length === 0) return []
  const names = (chains: readonly Chain[]) => chains.map((chain) => named(chain.at(-1)!)).join(', ')
  const missing = category.needs.find((anyOf) => !anyOf.some((chain) => hasTerm(invoice, chain)))
  const forbidden = category.forbids.filter((chain) => hasTerm(invoice, chain))
  const reason = `because "${category.name}" is used in ${users[0]!.path}.`
  if (missing) return [{ where: placeOf(invoice, missing[0]!), detail: `One is needed of ${names(missing)} ${reason}` }]
  return forbidden.map((chain) => ({
    where: placeOf(invoice, chain),
    detail: `${names([chain])} must not be there ${reason}`,
  }))
}

const RATE_FITS: Record<VatCategory['rate'], (rate: Decimal | undefined) => boolean> = {
  'above zero': (rate) => rate !== undefined && isPositive(rate),
  'zero or above': (rate) => rate !== undefined && rate.units >= 0n,
  zero: (rate) => rate !== undefined && isZero(rate),
  absent: (rate) => rate === undefined,
}

const rateFits = (invoice: EInvoice, category: VatCategory, use: Use): Finding[] =>
  usesOf(invoice, category, use).flatMap((group) => {
    const [node] = termNodes(invoice, [use.rate], group)
    const detail = `${named(use.rate)} is ${xmlText(node) ?? 'missing'}; for "${category.name}" it shall be ${category.rate}.`
    return RATE_FITS[category.rate](amountIn(node)) && !(category.rate === 'absent' && node)
      ? []
      : at(node ?? group, detail)
  })

/** The taxable amount: what the lines and charges of the category, and of the rate, add and the allowances take away. */
function taxableFits(invoice: EInvoice, category: VatCategory, group: XmlNode): Finding[] {
  const rate = termAmount(invoice, ['BT-119'], group)
  if (category.isRated && !rate) return []
  const amounts = USES.flatMap((use) => taxedAmounts(invoice, category, use, rate))
  const expected = sum(amounts)
  const base = termAmount(invoice, ['BT-116'], group)
  const equal = base && (category.isRated ? isWithinOne(base, expected) : compare(base, expected) === 0)
  const isUsed = category.isLoose ? amounts.length > 0 : hasTerm(invoice, ['BG-25'])
  if (equal && isUsed) return []
  const found = base ? textOfDecimal(base) : 'missing'
  const detail = `${named('BT-116')} of "${category.name}" is ${found}, but lines, allowances and charges make`
  return [at(group, `${detail} ${textOfDecimal(expected)}.`)]
}

function taxedAmounts(invoice: EInvoice, category: VatCategory, use: Use, rate?: Decimal): Decimal[] {
  const counts = (group: XmlNode): boolean => {
    const own = termAmount(invoice, [use.rate], group)
    const isOfRate = !category.isRated || (own !== undefined && rate !== undefined && compare(own, rate) === 0)
    return isOfRate && isLooselyOf(invoice, category, use.looseCategory, group)
  }
  const amounts = termNodes(invoice, [use.group])
    .filter(counts)
    .flatMap((group) => termAmounts(invoice, [use.amount], group))
  return use.isDeducted ? amounts.map(negative) : amounts
}

function taxFits(invoice: EInvoice, category: VatCategory, group: XmlNode): Finding[] {
  const [tax, base, rate] = (['BT-117', 'BT-116', 'BT-119'] as const).map((term) => termAmount(invoice, [term], group))
  const wanted = category.isRated ? base && rate && percentOf(base, rate) : { units: 0n, scale: 0 }
  if (tax && wanted && (category.isRated ? isTaxWithinOne(tax, wanted) : isZero(tax))) return []
  const detail = `${named('BT-117')} of "${category.name}" is ${tax ? textOfDecimal(tax) : 'missing'}, but shall be`
  return [at(group, `${detail} ${wanted ? textOfDecimal(wanted) : 'the taxable amount times the rate'}.`)]
}

function reasonFits(invoice: EInvoice, category: VatCategory, group: XmlNode): Finding[] {
  const has = hasTerm(invoice, ['BT-120'], group) || hasTerm(invoice, ['BT-121'], group)
  const reasons = `${named('BT-120')} or ${named('BT-121')}`
  const problem = category.hasReason ? 'is needed' : 'must not be there'
  return has === category.hasReason ? [] : [at(group, `${reasons} ${problem} for "${category.name}".`)]
}

export const VAT_RULES: readonly Rule[] = VAT_CATEGORIES_OF_RULES.flatMap(rulesOf)
