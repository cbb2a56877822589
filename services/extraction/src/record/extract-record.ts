import type { DocumentKind, Extraction, Field, Fields, FieldValue, RecordInput } from '@stageline/domain'
import { isGtin } from '../product/gtin.ts'
import { findDates } from '../values/parse-date.ts'
import { findAmounts } from '../values/parse-amount.ts'
import { titleFields } from '../attributes/title-fields.ts'
import type { Models } from '../models.ts'
import { partValues } from './part-values.ts'
import { fieldOfKey } from './record-keys.ts'

export type RecordOrigin = { method: 'record' | 'structured'; path?: string }

/**
 * The fields of a submitted record, under our names, and what the description of a part or the title of a product
 * adds. A value that the record gives is never replaced by one that was read out of them.
 */
export function extractRecord(
  record: RecordInput['record'],
  kind: DocumentKind,
  models: Models,
  category?: { name: string; confidence: number },
): Extraction {
  return { fields: recordFields(record, kind, { method: 'record' }, models, category), lineItems: [] }
}

export function recordFields(
  record: RecordInput['record'],
  kind: DocumentKind,
  origin: RecordOrigin,
  models: Models,
  category?: { name: string; confidence: number },
): Fields {
  const given: Fields = {}
  for (const [key, value] of Object.entries(record)) {
    const name = fieldOfKey(key, kind)
    const field =
      name && !(name in given)
        ? givenField(name, Array.isArray(value) ? (value[0] ?? null) : value, key, origin)
        : undefined
    if (name && field) given[name] = field
  }
  if (kind === 'part_record') return { ...readOut(given, category), ...given }
  if (kind === 'product_record') return { ...titleFields(given, models, category), ...given }
  return given
}

function givenField(name: string, value: FieldValue, key: string, { method, path }: RecordOrigin): Field | undefined {
  if (value === null || value === '') return undefined
  const plain = typeof value === 'string' ? value.trim() : value
  const normal = normalised(name, plain)
  const source = { method, path: path ? `${path}/${key}` : key }
  return {
    value: normal,
    confidence: method === 'record' ? 1 : 0.97,
    source,
    ...(normal === value ? {} : { printed: String(value).slice(0, 500) }),
  }
}

const AMOUNTS = new Set(['price', 'net_total', 'tax_total', 'gross_total', 'due_amount', 'total'])
const DATES = new Set(['issue_date', 'due_date', 'date'])

/** Amounts as decimal strings, dates as ISO; whatever does not read as such stays as it is, for a check to find. */
export function normalised(name: string, value: FieldValue): FieldValue {
  if (AMOUNTS.has(name)) return decimal(value)
  if (DATES.has(name)) return findDates(String(value))[0]?.iso ?? value
  if (name === 'gtin' && typeof value === 'string')
    return isGtin(value.replace(/[\s-]/g, '')) ? value.replace(/[\s-]/g, '') : value
  if (name === 'availability') return availability(value)
  return value
}

function decimal(value: FieldValue): FieldValue {
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string' || /^-?\d+(\.\d+)?$/.test(value)) return value
  const amounts = findAmounts(value, { wholeNumbers: true })
  return amounts.length === 1 ? amounts[0]!.value : value
}

function availability(value: FieldValue): FieldValue {
  if (typeof value === 'boolean') return value ? 'InStock' : 'OutOfStock'
  if (typeof value === 'number') return value > 0 ? 'InStock' : 'OutOfStock'
  if (/out|sold|no|nein|aus/i.test(String(value))) return 'OutOfStock'
  return /in\s?stock|yes|ja|auf lager|available|oui|^[1-9]\d*$/i.test(String(value)) ? 'InStock' : value
}

/** What the description of a part says, and the category that classification found. */
function readOut(given: Fields, category: { name: string; confidence: number } | undefined): Fields {
  const description = String(given['description']?.value ?? '')
  const values = Object.entries(description ? partValues(description) : {}).map(([name, value]): [string, Field] => [
    name,
    { value, confidence: 0.9, source: { method: 'text', text: description.slice(0, 500) } },
  ])
  const found: Fields = Object.fromEntries(values)
  if (category)
    found['category'] = {
      value: category.name,
      confidence: category.confidence,
      source: { method: 'rule', path: 'classification' },
    }
  return found
}
