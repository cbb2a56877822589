import type { CatalogItem, Fields } from '@stageline/domain'
import { each, type CatalogFamily, type Recognition } from './catalog-family.ts'
import { nameSimilarity } from './name-similarity.ts'
import { asText, textOf } from './text-of.ts'

/** Below this two names of companies are two companies: a letter or two, not a word. */
const MIN_NAME_SIMILARITY = 0.85

/** Beside an equal VAT id, a name that has this little in common belongs to somebody else, or the id was misread. */
const MIN_SIMILARITY_BESIDE_VAT_ID = 0.3

/** The seller of an invoice or credit note, by VAT id or name. */
export const vendorFamily: CatalogFamily = {
  queries: (fields) => queriesFor(vatIdOf(fields), textOf(fields, 'seller_name')),
  recognise: each((fields, item) =>
    recogniseVendor(vatIdOf(fields), textOf(fields, 'seller_name'), item, 'seller_name'),
  ),
  identifiers: [
    { field: 'seller_name', agrees: (name, item) => nameSimilarity(name, item.name) === 1, isSparse: true },
    { field: 'seller_vat_id', agrees: (vatId, item) => compact(vatId) === compact(item.key), isSparse: true },
  ],
  offers: ({ key, name, attributes }) => ({
    seller_name: name,
    seller_vat_id: key,
    seller_country: attributes.country,
    currency: attributes.currency,
  }),
}

/** The shop of a receipt, by name: receipts seldom tell a VAT id. */
export const receiptVendorFamily: CatalogFamily = {
  queries: (fields) => queriesFor(undefined, textOf(fields, 'company')),
  recognise: each((fields, item) => recogniseVendor(undefined, textOf(fields, 'company'), item, 'company')),
  identifiers: [
    { field: 'company', agrees: (name, item) => nameSimilarity(name, item.name) === 1, isSparse: true },
    {
      field: 'address',
      agrees: (address, item) => nameSimilarity(address, asText(item.attributes.address) ?? '') === 1,
      isSparse: false,
    },
  ],
  offers: ({ attributes }) => ({ address: attributes.address, currency: attributes.currency }),
}

function recogniseVendor(
  vatId: string | undefined,
  name: string | undefined,
  item: CatalogItem,
  nameField: string,
): Recognition | undefined {
  const similarity = name === undefined ? undefined : nameSimilarity(name, item.name)
  if (vatId !== undefined) {
    const agrees = vatId === compact(item.key) && (similarity ?? 1) >= MIN_SIMILARITY_BESIDE_VAT_ID
    return agrees ? { certainty: 0.98, by: 'seller_vat_id' } : undefined
  }
  if (similarity === undefined || similarity < MIN_NAME_SIMILARITY) return undefined
  return { certainty: 0.9 * similarity, by: nameField }
}

function queriesFor(vatId: string | undefined, name: string | undefined) {
  if (!vatId && !name) return []
  return [{ kind: 'vendor' as const, ...(vatId ? { key: vatId } : {}), ...(name ? { name } : {}) }]
}

const vatIdOf = (fields: Fields) => {
  const text = asText(fields.seller_vat_id?.value)
  return text && compact(text)
}

const compact = (vatId: string) => vatId.toUpperCase().replace(/[^A-Z0-9]/g, '')
