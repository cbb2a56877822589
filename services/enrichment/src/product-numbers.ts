import type { CatalogItem, Fields } from '@stageline/domain'
import { samePartNumber } from './same-part-number.ts'
import { asText, textOf } from './text-of.ts'

type Agreement = boolean | undefined

/**
 * The field whose number is that of the row; false where one says that they are two products, undefined where none
 * says anything.
 */
export function numberInCommon(fields: Fields, item: CatalogItem): string | false | undefined {
  const agreements = NUMBERS.map(({ field, agree }) => ({ field, agrees: agree(fields, item) }))
  if (agreements.some(({ agrees }) => agrees === false)) return false
  return agreements.find(({ agrees }) => agrees)?.field
}

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

/** What two sides say of each other, where both say something. */
export const both = (
  a: string | undefined,
  b: string | undefined,
  agree: (a: string, b: string) => boolean,
): Agreement => (a === undefined || b === undefined ? undefined : agree(a, b))

/** GTIN-12 and zero-led GTIN-14 are GTIN-13 with other zeros in front; GTIN-8 stays. */
export function gtin13(text: string | undefined): string | undefined {
  const digits = text?.replace(/\D/g, '')
  if (!digits) return undefined
  return digits.length <= 8 ? digits : digits.replace(/^0+/, '').padStart(13, '0')
}
