import type { DocumentKind } from './document.ts'

/** Which fields something should have. Required ones count double. */
export type FieldList = { required: readonly string[]; optional: readonly string[] }

const INVOICE: FieldList = {
  required: ['invoice_number', 'issue_date', 'seller_name', 'currency', 'gross_total'],
  optional: ['due_date', 'seller_vat_id', 'buyer_name', 'net_total', 'tax_total', 'due_amount'],
}
const PRODUCT: FieldList = {
  required: ['name', 'price'],
  optional: ['brand', 'currency', 'sku', 'mpn', 'gtin', 'availability'],
}

/**
 * The fields that each kind of document should have. What only some articles have (the tolerance of a resistor, the
 * pins of a circuit) is left out: its absence says nothing.
 */
export const FIELD_LISTS: Readonly<Record<DocumentKind, FieldList>> = {
  receipt: { required: ['company', 'date', 'total'], optional: ['address', 'currency'] },
  invoice: INVOICE,
  credit_note: INVOICE,
  product_page: PRODUCT,
  product_record: PRODUCT,
  part_record: { required: ['mpn', 'description', 'manufacturer'], optional: ['category', 'package'] },
  datasheet: { required: ['mpn', 'manufacturer'], optional: ['title'] },
  other: { required: [], optional: [] },
}

/**
 * Filled share of a field list, 0 to 1, required fields counting double. Values may be plain or `{ value }`, as fields
 * of an extraction are; null, blank text and empty lists count as missing. An empty list is complete.
 */
export function completenessOf(record: Readonly<Record<string, unknown>>, list: FieldList): number {
  const filled = (names: readonly string[]) => names.filter((name) => isFilled(ownValue(record, name))).length
  const whole = 2 * list.required.length + list.optional.length
  return whole === 0 ? 1 : (2 * filled(list.required) + filled(list.optional)) / whole
}

const ownValue = (record: Readonly<Record<string, unknown>>, name: string) =>
  Object.hasOwn(record, name) ? record[name] : undefined

function isFilled(value: unknown): boolean {
  if (value === undefined || value === null) return false
  if (typeof value === 'string') return value.trim() !== ''
  if (Array.isArray(value)) return value.some(isFilled)
  return typeof value !== 'object' || ('value' in value && isFilled(value.value))
}
