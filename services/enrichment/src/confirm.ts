import type { CatalogItem, Fields } from '@stageline/domain'
import type { CatalogFamily } from './catalog-family.ts'
import { textOf } from './text-of.ts'

/**
 * How far a row vouches for a value that is exactly its own, where misreadings hardly ever hit another row: whole names
 * of companies, numbers with check digits. Assumed, and kept low, because a document names others as well (the buyer may
 * be a vendor too).
 */
const WITNESS = 0.8

/**
 * Makes the fields surer that the found row has as well. Fields that were read apart and agree on one row are wrong only
 * if every reading is, so each gets 1 − Π(1 − confidence); a row that vouches counts as one more reading. Values stay
 * as they are, and what was filled in confirms nothing.
 */
export function confirm(fields: Fields, { identifiers }: CatalogFamily, item: CatalogItem): Fields {
  const agreeing = identifiers.filter(({ field, agrees }) => {
    const text = textOf(fields, field)
    return text !== undefined && !isFilled(fields, field) && agrees(text, item)
  })
  const vouched = agreeing.some(({ isSparse }) => isSparse)
  if (agreeing.length < 2 && !vouched) return fields
  const doubts = agreeing.map(({ field }) => 1 - fields[field]!.confidence)
  const doubt = [...doubts, vouched ? 1 - WITNESS : 1].reduce((product, next) => product * next, 1)
  const surer = agreeing.map(({ field }) => [field, { ...fields[field]!, confidence: round(1 - doubt) }])
  return { ...fields, ...Object.fromEntries(surer) }
}

/** Not read from the document: looked up, or said by a model without standing in it. */
function isFilled(fields: Fields, name: string): boolean {
  const source = fields[name]?.source
  return source?.method === 'catalog' || source?.method === 'service' || source?.grounded === false
}

const round = (share: number) => Math.round(share * 10_000) / 10_000
