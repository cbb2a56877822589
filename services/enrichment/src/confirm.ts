import type { CatalogItem, Fields } from '@stageline/domain'
import type { CatalogFamily } from './catalog-family.ts'
import { textOf } from './text-of.ts'

/**
 * The fields that confirm each other: read apart, and one row of the catalogue has them all. They are wrong only if
 * every reading is, so each gets the confidence 1 − Π(1 − confidence). Values stay as they are; what was filled from
 * the catalogue confirms nothing, and neither does a single field.
 */
export function confirm(fields: Fields, { identifiers }: CatalogFamily, item: CatalogItem): Fields {
  const agreeing = identifiers.filter(({ field, agrees }) => {
    const text = textOf(fields, field)
    return text !== undefined && fields[field]?.source?.method !== 'catalog' && agrees(text, item)
  })
  if (agreeing.length < 2) return fields
  const doubt = agreeing.reduce((product, { field }) => product * (1 - fields[field]!.confidence), 1)
  const surer = agreeing.map(({ field }) => [
    field,
    { ...fields[field]!, confidence: Math.round((1 - doubt) * 10_000) / 10_000 },
  ])
  return { ...fields, ...Object.fromEntries(surer) }
}
