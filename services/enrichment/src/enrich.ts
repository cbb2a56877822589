import type { CatalogItem, CatalogMatch, DocumentKind, Enrichment, Field, Fields, FieldValue } from '@stageline/domain'
import type { Catalog, CatalogHit } from '@stageline/runtime'
import type { CatalogFamily, Recognition } from './catalog-family.ts'
import { confirm } from './confirm.ts'
import { partFamily } from './part-family.ts'
import { productFamily } from './product-family.ts'
import { receiptVendorFamily, vendorFamily } from './vendor-family.ts'

const FAMILIES: Partial<Record<DocumentKind, CatalogFamily>> = {
  invoice: vendorFamily,
  credit_note: vendorFamily,
  receipt: receiptVendorFamily,
  product_page: productFamily,
  product_record: productFamily,
  part_record: partFamily,
  datasheet: partFamily,
}

type Recognised = { hit: CatalogHit; recognition: Recognition }

/**
 * Looks the subject up and fills the fields that are missing. Values that are there stay as they are; several that the
 * found row has as well become surer.
 */
export async function enrich(kind: DocumentKind, fields: Fields, catalog: Catalog): Promise<Enrichment> {
  const family = FAMILIES[kind]
  const found = family && (await lookUp(family, fields, catalog))
  if (!found) return { fields, filled: [], matches: [] }
  const confirmed = confirm(fields, family, found.hit.item)
  const added = additions(confirmed, family.offers(found.hit.item), found)
  return { fields: { ...confirmed, ...added }, filled: Object.keys(added), matches: [matchOf(found.hit)] }
}

async function lookUp(family: CatalogFamily, fields: Fields, catalog: Catalog): Promise<Recognised | undefined> {
  for (const query of family.queries(fields)) {
    const best = pick(await catalog.find({ minSimilarity: 0.4, limit: 10, ...query }), (item) =>
      family.recognise(fields, item),
    )
    if (best) return best
  }
  return undefined
}

/** The best row; none where two different rows are equally good, because one of them would be wrong. */
function pick(hits: CatalogHit[], recognise: (item: CatalogItem) => Recognition | undefined): Recognised | undefined {
  const recognised = hits.flatMap((hit) => {
    const recognition = recognise(hit.item)
    return recognition ? [{ hit, recognition }] : []
  })
  const [best, next] = recognised.sort((a, b) => b.recognition.certainty - a.recognition.certainty)
  const ambiguous =
    best && next && next.recognition.certainty === best.recognition.certainty && next.hit.key !== best.hit.key
  return ambiguous ? undefined : best
}

function additions(
  fields: Fields,
  offers: Record<string, FieldValue | undefined>,
  { hit, recognition }: Recognised,
): Fields {
  const confidence = round(recognition.certainty * (fields[recognition.by]?.confidence ?? 1))
  const source = { method: 'catalog' as const, path: `${hit.kind}:${hit.key}` }
  const missing = Object.entries(offers).filter(([name, value]) => isPresent(value) && !hasValue(fields[name]))
  return Object.fromEntries(missing.map(([name, value]) => [name, { value: value ?? null, confidence, source }]))
}

const matchOf = ({ kind, key, name, method, similarity }: CatalogHit): CatalogMatch => ({
  kind,
  key,
  name,
  method,
  similarity,
})

const isPresent = (value: FieldValue | undefined) =>
  value !== undefined && value !== null && String(value).trim() !== ''

const hasValue = (field: Field | undefined) => field !== undefined && isPresent(field.value)

const round = (share: number) => Math.round(share * 10_000) / 10_000
