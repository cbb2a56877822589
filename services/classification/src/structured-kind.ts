import type { DocumentKind, DocumentModel, StructuredPart } from '@stageline/domain'
import { keysKind } from './keys-kind.ts'

export type KindEvidence = { kind: DocumentKind; probability: number; from: string }

/**
 * What the machine-readable parts of a document say about its kind: e-invoices by root element and type code, pages by
 * the types in their markup, tables and JSON by the names of their columns. Undefined where they say nothing.
 */
export function structuredKind(model: DocumentModel): KindEvidence | undefined {
  for (const part of model.structured) {
    const kind = eInvoiceKind(part)
    if (kind) return { kind, probability: 0.995, from: `${part.form} in ${part.from}` }
  }
  if (model.mediaType === 'text/html') return sellsSomething(model.structured)
  return columnsKind(model)
}

/**
 * UNTDID 1001 codes of documents that take money back: credit notes of several trades, self-billed and factored ones,
 * and 384, the corrected invoice, which people handle like one.
 */
const CREDIT_CODES = new Set(['81', '83', '261', '262', '296', '308', '381', '384', '396', '420', '458', '532'])

function eInvoiceKind({ form, data }: StructuredPart): DocumentKind | undefined {
  if (form !== 'ubl' && form !== 'cii') return undefined
  if (form === 'ubl' && isTree(data) && 'CreditNote' in data) return 'credit_note'
  const code = form === 'ubl' ? at(data, 'Invoice', 'InvoiceTypeCode') : ciiTypeCode(data)
  return CREDIT_CODES.has(textOf(code)) ? 'credit_note' : 'invoice'
}

const ciiTypeCode = (data: unknown): unknown =>
  at(data, 'CrossIndustryInvoice', 'ExchangedDocument', 'TypeCode') ??
  at(data, 'CrossIndustryDocument', 'HeaderExchangedDocument', 'TypeCode')

function sellsSomething(parts: readonly StructuredPart[]): KindEvidence | undefined {
  for (const { form, from, data } of parts) {
    const types = form === 'json-ld' || form === 'microdata' ? topTypes(data) : []
    if (types.some((type) => /(^|\/)(Product|ProductGroup|Offer|AggregateOffer)$/i.test(type))) {
      return { kind: 'product_page', probability: 0.97, from: `${form} in ${from}` }
    }
    if (form === 'opengraph' && /^(og:)?product/i.test(textOf(at(data, 'og:type')))) {
      return { kind: 'product_page', probability: 0.95, from: `${form} in ${from}` }
    }
    if (types.some((type) => /(^|\/)(NewsArticle|Article|BlogPosting)$/i.test(type))) {
      return { kind: 'other', probability: 0.93, from: `${form} in ${from}` }
    }
  }
  return undefined
}

/** Types of what a page is about, not of what that mentions. */
function topTypes(data: unknown): string[] {
  const nodes = [data].flat().flatMap((node) => (isTree(node) ? [node, ...[node['@graph']].flat().filter(isTree)] : []))
  return nodes.flatMap((node) => [node['@type']].flat().flatMap((type) => (typeof type === 'string' ? [type] : [])))
}

function columnsKind(model: DocumentModel): KindEvidence | undefined {
  const json = model.structured.find(({ form }) => form === 'json')
  if (json) return named(keysKind(jsonKeys(json.data)), 'json')
  const [table] = model.tables
  return SHEETS.includes(model.mediaType) && table ? named(keysKind(table.header), 'columns') : undefined
}

/** Documents that are nothing but tables. */
const SHEETS = ['text/csv', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet']

const named = (
  found: { kind: DocumentKind; probability: number } | undefined,
  from: string,
): KindEvidence | undefined => found && { ...found, from }

/** Keys of an object, of the first object of a list, or of the first list inside an object. */
function jsonKeys(data: unknown): string[] {
  if (Array.isArray(data)) return jsonKeys(data[0])
  if (!isTree(data)) return []
  const list = Object.values(data).find((value) => Array.isArray(value) && isTree(value[0]))
  return Object.keys(data).length <= 3 && list ? jsonKeys(list) : Object.keys(data)
}

type Tree = Record<string, unknown>
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)
const at = (value: unknown, ...keys: string[]): unknown =>
  keys.reduce<unknown>((inner, key) => (isTree(inner) ? inner[key] : undefined), value)

function textOf(value: unknown): string {
  const inner = isTree(value) ? value['#text'] : value
  return typeof inner === 'string' || typeof inner === 'number' ? String(inner).trim() : ''
}
