import { xmlText, type XmlNode } from '@stageline/domain'
import { hasTerm, named, placeOf, termNodes, termText } from './e-invoice.ts'
import type { Chain, EInvoice } from './e-invoice.ts'
import { at, type Finding, type Rule } from './rule.ts'
import { selectPath } from './select-path.ts'

/** What single VAT categories ask for beyond the ten rules of each. */

const BREAKDOWN: Chain = ['BG-23', 'BT-118']
const LINES: Chain = ['BG-25', 'BT-151']
const ALLOWANCES: Chain = ['BG-20', 'BT-95']
const CHARGES: Chain = ['BG-21', 'BT-102']

const withCategory = (invoice: EInvoice, chain: Chain, code: string): XmlNode[] =>
  termNodes(invoice, chain).filter((node) => xmlText(node) === code)

/** Intra-community supply: goods must have gone to another country, at a known time. */
const supply = (code: string, wanted: readonly Chain[]): Rule => ({
  code,
  find: (invoice) => {
    const isSaid = wanted.some((chain) => (chain.at(-1) === 'BG-14' ? hasParts(invoice) : isLong(invoice, chain)))
    const names = wanted.map((chain) => named(chain.at(-1)!)).join(' or ')
    return withCategory(invoice, BREAKDOWN, 'K').length === 0 || isSaid
      ? []
      : [{ where: placeOf(invoice, wanted[0]!), detail: `${names} is needed for intra-community supply.` }]
  },
})
const isLong = (invoice: EInvoice, chain: Chain): boolean => (termText(invoice, chain) ?? '').length > 1
const hasParts = (invoice: EInvoice): boolean =>
  (['BT-73', 'BT-74'] as const).some((term) => hasTerm(invoice, ['BG-14', term])) || hasTerm(invoice, ['BT-8'])

/** What is not subject to VAT stands alone: no other category in the same invoice. */
const alone = (code: string, chain: Chain): Rule => ({
  code,
  find: (invoice) => {
    if (withCategory(invoice, BREAKDOWN, 'O').length === 0) return []
    const others = termNodes(invoice, chain).filter((node) => xmlText(node) !== 'O')
    return others.map((node): Finding => at(node, 'Beside "Not subject to VAT" there is no other VAT category.'))
  },
})

const used = (invoice: EInvoice, code: string): XmlNode[] =>
  [BREAKDOWN, LINES, ALLOWANCES, CHARGES].flatMap((chain) => withCategory(invoice, chain, code))

const COUNTRY_PATHS = { ubl: '//IdentificationCode', cii: '//CountryID' }

/** Split payment exists in Italy only. */
const splitPaymentIsItalian: Rule = {
  code: 'BR-B-01',
  find: (invoice) => {
    const countries = selectPath(invoice.root, COUNTRY_PATHS[invoice.syntax])
    const foreign = countries.filter((node) => xmlText(node) !== 'IT')
    return used(invoice, 'B').length === 0
      ? []
      : foreign.map((node) => at(node, 'Split payment (B) is for Italy only.'))
  },
}

const splitPaymentIsAlone: Rule = {
  code: 'BR-B-02',
  find: (invoice) =>
    used(invoice, 'B').length === 0
      ? []
      : used(invoice, 'S').map((node) => at(node, 'Beside "Split payment" (B) there is no "Standard rated" (S).')),
}

export const SPECIAL_VAT_RULES: readonly Rule[] = [
  supply('BR-IC-11', [['BG-13', 'BT-72'], ['BG-14']]),
  supply('BR-IC-12', [['BG-13', 'BG-15', 'BT-80']]),
  alone('BR-O-11', BREAKDOWN),
  alone('BR-O-12', LINES),
  alone('BR-O-13', ALLOWANCES),
  alone('BR-O-14', CHARGES),
  splitPaymentIsItalian,
  splitPaymentIsAlone,
]
