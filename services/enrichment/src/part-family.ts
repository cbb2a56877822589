import type { CatalogItem, Fields, FieldValue } from '@stageline/domain'
import { each, type CatalogFamily, type Recognition } from './catalog-family.ts'
import { folded, nameSimilarity } from './name-similarity.ts'
import { samePartNumber, withoutPacking } from './same-part-number.ts'
import { asText, textOf } from './text-of.ts'

const OFFERED = ['manufacturer', 'description', 'category', 'package', 'value', 'tolerance', 'voltage', 'pins']

/** Part records and datasheets, looked up by part number. */
export const partFamily: CatalogFamily = {
  queries(fields) {
    const mpn = textOf(fields, 'mpn')
    if (!mpn) return []
    const numbers = new Set([mpn, withoutPacking(mpn)])
    return [...numbers].map((key) => ({ kind: 'part', key, name: key }))
  },
  recognise: each((fields, item) => {
    const mpn = textOf(fields, 'mpn')
    if (!mpn || !samePartNumber(mpn, item.key) || !makersAgree(fields, item)) return undefined
    return { certainty: isSpelledAlike(mpn, item.key) ? 0.98 : 0.95, by: 'mpn' } satisfies Recognition
  }),
  identifiers: [
    { field: 'mpn', agrees: (mpn, item) => samePartNumber(mpn, item.key), isSparse: false },
    {
      field: 'manufacturer',
      agrees: (maker, item) => sameMaker(maker, asText(item.attributes.manufacturer)),
      isSparse: false,
    },
  ],
  offers: ({ attributes }) =>
    Object.fromEntries(OFFERED.map((name): [string, FieldValue | undefined] => [name, attributes[name]])),
}

/** Several makers sell circuits under one number; package and ratings are the maker's own. */
function makersAgree(fields: Fields, item: CatalogItem): boolean {
  const [theirs, ours] = [textOf(fields, 'manufacturer'), asText(item.attributes.manufacturer)]
  return !theirs || !ours || sameMaker(theirs, ours)
}

const sameMaker = (one: string, other: string | undefined) =>
  other !== undefined && (nameSimilarity(one, other) >= 0.5 || isShortFor(one, other) || isShortFor(other, one))

/** "TI" and "Texas Instruments", "ST" and "STMicroelectronics", "Vishay" and "Vishay Dale". */
function isShortFor(short: string, long: string): boolean {
  const [abbreviation, words] = [folded(short), folded(long).split(' ')]
  const initials = words.map((word) => word.charAt(0)).join('')
  return abbreviation.length >= 2 && (words.join(' ').startsWith(abbreviation) || initials === abbreviation)
}

const isSpelledAlike = (one: string, other: string) =>
  one.replace(/\s/g, '').toUpperCase() === other.replace(/\s/g, '').toUpperCase()
