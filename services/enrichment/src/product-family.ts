import type { CatalogItem, Fields } from '@stageline/domain'
import type { CatalogQuery } from '@stageline/runtime'
import type { CatalogFamily, Recognition } from './catalog-family.ts'
import { folded, nameSimilarity } from './name-similarity.ts'
import { samePartNumber } from './same-part-number.ts'
import { asText, textOf } from './text-of.ts'

/** By name alone, only what is nearly the same name with the same numbers counts. */
const MIN_NAME_SIMILARITY = 0.85

/** Beside an equal GTIN or article number the name may be worded differently. */
const MIN_SIMILARITY_BESIDE_NUMBER = 0.2

/** Products, by GTIN, article number or name. What both sides know must agree. */
export const productFamily: CatalogFamily = {
  queries(fields) {
    const name = textOf(fields, 'name')
    const keys = [gtin13(textOf(fields, 'gtin')), textOf(fields, 'mpn'), textOf(fields, 'sku')].filter(
      (key) => key !== undefined,
    )
    const byKey = keys.map((key): CatalogQuery => ({ kind: 'product', key, ...(name ? { name } : {}) }))
    return byKey.length > 0 || !name ? byKey : [{ kind: 'product', name }]
  },
  recognise(fields, item) {
    const agreements = NUMBERS.map((number) => ({ field: number.field, agrees: number.agree(fields, item) }))
    if (agreements.some(({ agrees }) => agrees === false) || !brandsAgree(fields, item)) return undefined
    const byNumber = agreements.find(({ agrees }) => agrees)
    return recogniseByName(fields, item, byNumber?.field)
  },
  identifiers: [
    { field: 'gtin', agrees: (gtin, item) => gtin13(gtin) === gtin13(item.key), isSparse: true },
    { field: 'mpn', agrees: (mpn, item) => samePartNumber(mpn, asText(item.attributes.mpn) ?? ''), isSparse: false },
    {
      field: 'name',
      agrees: (name, item) => nameSimilarity(withoutBrand(name, item), withoutBrand(item.name, item)) === 1,
      isSparse: false,
    },
  ],
  offers: ({ key, name, attributes: { brand, mpn, sku } }) => ({ gtin: key, name, brand, mpn, sku }),
}

function recogniseByName(fields: Fields, item: CatalogItem, numberField: string | undefined): Recognition | undefined {
  const similarity = similarityOfNames(fields, item)
  if (numberField) {
    return (similarity ?? 1) < MIN_SIMILARITY_BESIDE_NUMBER ? undefined : { certainty: 0.98, by: numberField }
  }
  if (similarity === undefined || similarity < MIN_NAME_SIMILARITY) return undefined
  return { certainty: 0.9 * similarity, by: 'name' }
}

function similarityOfNames(fields: Fields, item: CatalogItem): number | undefined {
  const name = textOf(fields, 'name')
  return name === undefined ? undefined : nameSimilarity(withoutBrand(name, item), withoutBrand(item.name, item))
}

/** Shops write the brand before the name or leave it out. */
function withoutBrand(name: string, item: CatalogItem): string {
  const brand = folded(asText(item.attributes.brand) ?? '')
  return brand ? ` ${folded(name)} `.replace(` ${brand} `, ' ').trim() : name
}

type Agreement = boolean | undefined

/** True or false where both sides know the number, undefined where one does not. */
const NUMBERS: { field: string; agree(fields: Fields, item: CatalogItem): Agreement }[] = [
  { field: 'gtin', agree: (fields, item) => both(gtin13(textOf(fields, 'gtin')), gtin13(item.key), (a, b) => a === b) },
  { field: 'mpn', agree: (fields, item) => both(textOf(fields, 'mpn'), asText(item.attributes.mpn), samePartNumber) },
  // A shop's own article number says nothing when it differs from another shop's.
  {
    field: 'sku',
    agree: (fields, item) => both(textOf(fields, 'sku'), asText(item.attributes.sku), samePartNumber) || undefined,
  },
]

const brandsAgree = (fields: Fields, item: CatalogItem) =>
  both(textOf(fields, 'brand'), asText(item.attributes.brand), (a, b) => nameSimilarity(a, b) >= 0.6) ?? true

const both = (a: string | undefined, b: string | undefined, agree: (a: string, b: string) => boolean): Agreement =>
  a === undefined || b === undefined ? undefined : agree(a, b)

/** GTIN-12 and zero-led GTIN-14 are GTIN-13 with other zeros in front; GTIN-8 stays. */
function gtin13(text: string | undefined): string | undefined {
  const digits = text?.replace(/\D/g, '')
  if (!digits) return undefined
  return digits.length <= 8 ? digits : digits.replace(/^0+/, '').padStart(13, '0')
}
