import {
  documentText,
  type DocumentKind,
  type DocumentModel,
  type Extraction,
  type FieldValue,
  type RecordInput,
} from '@stageline/domain'
import type { Models } from '../models.ts'
import { recordFields, type RecordOrigin } from './extract-record.ts'

type Category = { name: string; confidence: number }
type Row = { record: RecordInput['record']; origin: RecordOrigin }

/**
 * Reads a document that holds records: the rows of its first table, or the objects of its JSON. The first row gives
 * the fields, several rows become line items.
 */
export function extractRows(
  document: DocumentModel,
  kind: DocumentKind,
  models: Models,
  category?: Category,
): Extraction {
  const rows = [...jsonRows(document), ...tableRows(document)]
  const [first = textRow(document, kind)] = rows
  const fields = first ? recordFields(first.record, kind, first.origin, models, category) : {}
  return {
    fields,
    lineItems:
      rows.length > 1
        ? rows.slice(0, MOST_ROWS).map(({ record, origin }) => recordFields(record, kind, origin, models))
        : [],
  }
}

const MOST_ROWS = 500

const tableRows = ({ tables: [table] }: DocumentModel): Row[] =>
  (table?.rows ?? []).map((cells, index) => ({
    record: Object.fromEntries((table?.header ?? []).map((name, column) => [name.slice(0, 64), cells[column] ?? null])),
    origin: { method: 'structured', path: `row[${index + 1}]` },
  }))

function jsonRows({ structured }: DocumentModel): Row[] {
  const data = structured.find(({ form }) => form === 'json')?.data
  const list = Array.isArray(data)
    ? data
    : isTree(data)
      ? (Object.values(data).find((value) => Array.isArray(value) && isTree(value[0])) ?? [data])
      : []
  return Array.isArray(list)
    ? list
        .filter(isTree)
        .map((tree, index) => ({ record: flatRecord(tree), origin: { method: 'structured', path: `[${index + 1}]` } }))
    : []
}

/** A line of plain text: a part number and its description, or the name of a product. */
function textRow(document: DocumentModel, kind: DocumentKind): Row | undefined {
  const [line = ''] = documentText(document).split('\n')
  const [first = '', ...rest] = line.trim().split(/[\s,;|]+/)
  if (!first) return undefined
  const record: RecordInput['record'] =
    kind === 'part_record' ? { mpn: first, description: rest.join(' ') } : { name: line.trim().slice(0, 500) }
  return { record, origin: { method: 'structured', path: 'line[1]' } }
}

type Tree = Record<string, unknown>
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

const isPlain = (value: unknown): value is FieldValue =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value)

/** Plain values; of an object inside (a brand, an offer) its name, or its own values one level deep. */
function flatRecord(tree: Tree): RecordInput['record'] {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]): [string, FieldValue][] => {
      if (isPlain(value)) return [[key.slice(0, 64), value]]
      if (!isTree(value)) return []
      const named = value['name']
      if (typeof named === 'string') return [[key.slice(0, 64), named]]
      return Object.entries(value).flatMap(([inner, one]): [string, FieldValue][] =>
        isPlain(one) ? [[inner.slice(0, 64), one]] : [],
      )
    }),
  )
}
