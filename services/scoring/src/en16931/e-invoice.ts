import { xmlAttribute, xmlFirst, xmlRoot, xmlText, type StructuredPart, type XmlNode } from '@stageline/domain'
import { decimalOf, type Decimal } from '../decimal.ts'
import { selectPath } from './select-path.ts'
import { TERMS, type Term } from './terms.ts'

/** An invoice as a tree in one of the two syntaxes of EN 16931, read by business terms. */
export type EInvoice = { syntax: 'ubl' | 'cii'; root: XmlNode }

/** Terms from the outside in: `['BG-25', 'BT-126']` are the identifiers of all lines. */
export type { Term }
export type Chain = readonly Term[]

/** Undefined for what is no e-invoice, also for ZUGFeRD 1.0, which is older than EN 16931. */
export function openEInvoice({ form, data }: StructuredPart): EInvoice | undefined {
  if (form !== 'ubl' && form !== 'cii') return undefined
  const root = xmlFirst(xmlRoot(data), form === 'ubl' ? 'Invoice|CreditNote' : 'CrossIndustryInvoice')
  return root && { syntax: form, root }
}

const pathOf = ({ syntax }: EInvoice, term: Term): string => TERMS[term][syntax === 'ubl' ? 1 : 2]

/** All nodes along the terms, from the invoice or from the group that is given. */
export const termNodes = (invoice: EInvoice, chain: Chain, from: XmlNode = invoice.root): XmlNode[] =>
  chain.reduce((nodes, term) => nodes.flatMap((node) => selectPath(node, pathOf(invoice, term))), [from])

export const hasTerm = (invoice: EInvoice, chain: Chain, from?: XmlNode): boolean =>
  termNodes(invoice, chain, from).length > 0

/** The first text; undefined where the term is missing or blank. */
export const termText = (invoice: EInvoice, chain: Chain, from?: XmlNode): string | undefined =>
  termNodes(invoice, chain, from)
    .map(xmlText)
    .find((text) => text !== undefined)

/** A decimal as XML Schema writes it, also `.5`, `5.` and `+5`; undefined where there is none. */
export const amountIn = (node: XmlNode | undefined): Decimal | undefined =>
  decimalOf(
    xmlText(node)
      ?.replace(/^(?<sign>[+-]?)\./, '$<sign>0.')
      .replace(/\.$/, ''),
  )

/** The first value as a number; undefined where it is missing or none. */
export const termAmount = (invoice: EInvoice, chain: Chain, from?: XmlNode): Decimal | undefined =>
  amountIn(termNodes(invoice, chain, from).find((node) => xmlText(node) !== undefined))

/** The values that are numbers. */
export const termAmounts = (invoice: EInvoice, chain: Chain, from?: XmlNode): Decimal[] =>
  termNodes(invoice, chain, from).flatMap((node) => amountIn(node) ?? [])

/** The VAT totals in the currency that a term names: of the invoice (BT-5) or of accounting (BT-6). */
export function vatTotalsIn(invoice: EInvoice, currency: Term): XmlNode[] {
  const wanted = termText(invoice, [currency])
  return termNodes(invoice, ['BT-110']).filter((total) => wanted && xmlAttribute(total, 'currencyID') === wanted)
}

/** Where a term stands or would have to stand. */
export const placeOf = (invoice: EInvoice, chain: Chain, from: XmlNode = invoice.root): string =>
  [from.path, ...chain.map((term) => pathOf(invoice, term).replaceAll(/\[[^\]]*\]/g, ''))].join('/')

/** `Invoice number (BT-1)`, as the standard calls it. */
export const named = (term: Term): string => `${TERMS[term][0]} (${term})`
