import { xmlText, type XmlNode } from '@stageline/domain'
import { isPositive, type Decimal } from '../decimal.ts'
import { COUNTRIES } from './code-lists.ts'
import { amountIn, hasTerm, named, placeOf, termAmount, termNodes, termText, vatTotalsIn } from './e-invoice.ts'
import type { Chain, EInvoice, Term } from './e-invoice.ts'
import { missing } from './presence-rules.ts'
import { at, type Finding, type Rule } from './rule.ts'

/** Asks the same of every group at the end of a chain. */
const each = (code: string, context: Chain, find: (group: XmlNode, invoice: EInvoice) => Finding[]): Rule => ({
  code,
  find: (invoice) => termNodes(invoice, context).flatMap((group) => find(group, invoice)),
})

/** Asks once. */
const once = (code: string, find: Rule['find']): Rule => ({ code, find })

const CREDIT_TRANSFERS = new Set(['30', '58'])
const isCreditTransfer = (invoice: EInvoice, payment: XmlNode): boolean =>
  CREDIT_TRANSFERS.has(termText(invoice, ['BT-81'], payment) ?? '')

/** A payee is somebody else than the seller. */
const payee = each('BR-17', ['BG-10'], (group, invoice) => {
  const same = (own: Chain, seller: Chain): boolean => {
    const sellers = new Set(termNodes(invoice, ['BG-4', ...seller]).map(xmlText))
    return termNodes(invoice, own, group).some((node) => sellers.has(xmlText(node)))
  }
  const isSeller = same(['BT-59'], ['BT-28']) || same(['BT-60'], ['BT-29'])
  return isSeller ? [at(group, 'The payee (BG-10) is the seller.')] : missing(invoice, ['BG-10'], [['BT-59']])
})

const notNegative = (code: string, price: Term, isNeeded: boolean): Rule =>
  each(code, ['BG-25'], (line, invoice) => {
    const [node] = termNodes(invoice, [price], line)
    if (!node && !isNeeded) return []
    const amount = amountIn(node)
    if (amount && amount.units >= 0n) return []
    return [
      {
        where: placeOf(invoice, [price], line),
        detail: `${named(price)} is ${xmlText(node) ?? 'missing'}, not zero or more.`,
      },
    ]
  })

/** Dates as XML Schema (UBL) or the form 102 of UN/CEFACT writes them: both sort as text. */
const endsAfterStart = (code: string, period: Chain, start: Term, end: Term): Rule =>
  each(code, period, (group, invoice) => {
    const [from, to] = [start, end].map((term) => termText(invoice, [term], group))
    return from && to && from > to ? [at(group, `${named(end)} ${to} lies before ${named(start)} ${from}.`)] : []
  })

const rateOfBreakdown = each('BR-48', ['BG-23'], (group, invoice) =>
  termText(invoice, ['BT-118'], group) === 'O' || hasTerm(invoice, ['BT-119'], group)
    ? []
    : [{ where: placeOf(invoice, ['BT-119'], group), detail: `${named('BT-119')} is missing.` }],
)

const account = each('BR-50', ['BG-16'], (payment, invoice) =>
  termNodes(invoice, ['BG-17'], isCreditTransfer(invoice, payment) ? payment : NOTHING)
    .filter((transfer) => termText(invoice, ['BT-84'], transfer) === undefined)
    .map((transfer) => at(transfer, `${named('BT-84')} is missing.`)),
)
const NOTHING: XmlNode = { value: undefined, path: '' }

const accountOfTransfer = each('BR-61', ['BG-16'], (payment, invoice) =>
  isCreditTransfer(invoice, payment) && !hasTerm(invoice, ['BG-17', 'BT-84'], payment)
    ? [{ where: placeOf(invoice, ['BG-17', 'BT-84'], payment), detail: `${named('BT-84')} is missing.` }]
    : [],
)

/** PCI DSS: no more than the first six and the last four digits of a card. */
const cardNumber = each('BR-51', ['BG-16', 'BG-18', 'BT-87'], (node) =>
  (xmlText(node) ?? '').length > 10 ? [at(node, 'More than ten digits of the card number are shown.')] : [],
)

const accountingTotal = once('BR-53', (invoice) =>
  hasTerm(invoice, ['BT-6']) && vatTotalsIn(invoice, 'BT-6').length === 0
    ? [
        {
          where: placeOf(invoice, ['BT-110']),
          detail: 'The total VAT amount in accounting currency (BT-111) is missing.',
        },
      ]
    : [],
)

const itemAttribute = each('BR-54', ['BG-25', 'BG-32'], (group, invoice) =>
  (['BT-160', 'BT-161'] as const)
    .filter((term) => !hasTerm(invoice, [term], group))
    .map((term) => ({ where: placeOf(invoice, [term], group), detail: `${named(term)} is missing.` })),
)

const atMostOnce = (code: string, chain: Chain): Rule =>
  once(code, (invoice) => {
    const found = termNodes(invoice, chain)
    return found.length > 1 ? [at(found[1]!, `${named(chain.at(-1)!)} is there ${found.length} times.`)] : []
  })

const pointDate = once('BR-CO-03', (invoice) =>
  hasTerm(invoice, ['BT-7']) && hasTerm(invoice, ['BT-8'])
    ? [{ where: placeOf(invoice, ['BT-7']), detail: `${named('BT-7')} and ${named('BT-8')} exclude each other.` }]
    : [],
)

const VAT_IDS: readonly Chain[] = [
  ['BG-4', 'BT-31'],
  ['BG-7', 'BT-48'],
  ['BG-11', 'BT-63'],
]
/** Greece issues its numbers as EL. */
const vatIdPrefix = once('BR-CO-09', (invoice) =>
  VAT_IDS.flatMap((chain) => termNodes(invoice, chain)).flatMap((node) => {
    const prefix = (xmlText(node) ?? 'EL').slice(0, 2)
    return COUNTRIES.has(prefix) || prefix === 'EL' ? [] : [at(node, `"${prefix}" is the code of no country.`)]
  }),
)

const periodFilled = each('BR-CO-19', ['BG-14'], (group, invoice) =>
  hasTerm(invoice, ['BT-73'], group) || hasTerm(invoice, ['BT-74'], group) || hasTerm(invoice, ['BT-8'])
    ? []
    : [at(group, `${named('BT-73')} and ${named('BT-74')} are missing.`)],
)

/** Asked of invoices only: nobody waits for the payment of a credit note. */
const dueDate = once('BR-CO-25', (invoice) => {
  if (invoice.root.path === 'CreditNote') return []
  const due: Decimal | undefined = termAmount(invoice, ['BG-22', 'BT-115'])
  const isSaid = hasTerm(invoice, ['BT-9']) || hasTerm(invoice, ['BT-20'])
  return due && isPositive(due) && !isSaid
    ? [{ where: placeOf(invoice, ['BT-9']), detail: `${named('BT-9')} and ${named('BT-20')} are missing.` }]
    : []
})

export const SINGLE_RULES: readonly Rule[] = [
  payee,
  notNegative('BR-27', 'BT-146', true),
  notNegative('BR-28', 'BT-148', false),
  endsAfterStart('BR-29', ['BG-14'], 'BT-73', 'BT-74'),
  endsAfterStart('BR-30', ['BG-25', 'BG-26'], 'BT-134', 'BT-135'),
  rateOfBreakdown,
  account,
  cardNumber,
  accountingTotal,
  itemAttribute,
  accountOfTransfer,
  atMostOnce('BR-66', ['BG-16', 'BG-18']),
  atMostOnce('BR-67', ['BG-16', 'BG-19']),
  pointDate,
  vatIdPrefix,
  periodFilled,
  dueDate,
]
