import type { CatalogMatch, DocumentKind, Enrichment, Field, Fields, FieldSource, FieldValue } from '@stageline/domain'
import type { CatalogHit, CatalogQuery } from '@stageline/runtime'
import type { Candidate, CatalogFamily, Recognition } from './catalog-family.ts'
import { confirm } from './confirm.ts'
import { partFamily } from './part-family.ts'
import { productFamily } from './product-family.ts'
import { shippedProductModel, type ProductModel } from './product-model.ts'
import { receiptVendorFamily, vendorFamily } from './vendor-family.ts'

export type CatalogFamilies = Partial<Record<DocumentKind, CatalogFamily>>

/** How each kind of document uses the catalogue. `products` gives the model that products are recognised by. */
export function catalogFamilies(products: () => ProductModel = shippedProductModel()): CatalogFamilies {
  const product = productFamily(products)
  return {
    invoice: vendorFamily,
    credit_note: vendorFamily,
    receipt: receiptVendorFamily,
    product_page: product,
    product_record: product,
    part_record: partFamily,
    datasheet: partFamily,
  }
}

/** A row that was found, and which outside service gave it, where and when. */
export type Hit = CatalogHit & { from?: { source: string; url: string; at: string } }

/** The tenant's catalogue, or an outside service that is asked like one. */
export type Reference = { find(query: CatalogQuery): Promise<Hit[]> }

/** The recognised row, and all that were looked at, likeliest first. */
type Recognised = { hit: Hit; recognition: Recognition; among: Candidate[] }

/**
 * From this chance on a row that was recognised by its name fills fields; below it is shown, and only values that the
 * family infers with a chance of their own are filled.
 */
const SURE_ENOUGH = 0.95

/**
 * Looks the subject up and fills the fields that are missing. Values that are there stay as they are; several that the
 * found row has as well become surer.
 */
export async function enrich(
  kind: DocumentKind,
  fields: Fields,
  { catalog, families }: { catalog: Reference; families: CatalogFamilies },
): Promise<Enrichment> {
  const family = families[kind]
  const found = family && (await lookUp(family, fields, catalog))
  if (!found) return { fields, filled: [], matches: [] }
  const { isChance, certainty } = found.recognition
  const isSure = !isChance || certainty >= SURE_ENOUGH
  const confirmed = isSure ? confirm(fields, family, found.hit.item) : fields
  const inferred = (isChance && family.infer?.(confirmed, found.among)) || {}
  const offered = isSure ? additions(confirmed, family.offers(found.hit.item), found) : {}
  const added = { ...offered, ...unlike(offered, missingIn(confirmed, inferred)) }
  return { fields: { ...confirmed, ...added }, filled: Object.keys(added), matches: [matchOf(found)] }
}

async function lookUp(family: CatalogFamily, fields: Fields, catalog: Reference): Promise<Recognised | undefined> {
  for (const query of family.queries(fields)) {
    const hits = await catalog.find({ minSimilarity: 0.4, limit: 10, ...query })
    const recognitions = family.recognise(
      fields,
      hits.map(({ item }) => item),
    )
    const best = pick(hits, recognitions)
    if (best) return best
  }
  return undefined
}

/**
 * The best row; none where two different rows are equally good, because one of them would be wrong. Rows that were
 * measured beside each other have that doubt in their chances.
 */
function pick(hits: Hit[], recognitions: (Recognition | undefined)[]): Recognised | undefined {
  const ranked = hits
    .map((hit, index) => ({ hit, recognition: recognitions[index] }))
    .sort((a, b) => (b.recognition?.certainty ?? 0) - (a.recognition?.certainty ?? 0))
  const [best, next] = ranked
  if (!best?.recognition) return undefined
  const isEqual = next?.recognition?.certainty === best.recognition.certainty && next.hit.key !== best.hit.key
  const ambiguous = isEqual && !best.recognition.isChance
  const among = ranked.map(({ hit, recognition }) => ({ item: hit.item, certainty: recognition?.certainty ?? 0 }))
  return ambiguous ? undefined : { hit: best.hit, recognition: best.recognition, among }
}

function additions(
  fields: Fields,
  offers: Record<string, FieldValue | undefined>,
  { hit, recognition }: Recognised,
): Fields {
  const confidence = round(recognition.certainty * (fields[recognition.by]?.confidence ?? 1))
  const source = sourceOf(hit)
  const missing = Object.entries(offers).filter(([name, value]) => isPresent(value) && !hasValue(fields[name]))
  return Object.fromEntries(missing.map(([name, value]) => [name, { value: value ?? null, confidence, source }]))
}

const missingIn = (fields: Fields, found: Fields): Fields =>
  Object.fromEntries(Object.entries(found).filter(([name]) => !hasValue(fields[name])))

/** A value that the recognised row has as well is as sure as the row. */
const unlike = (offered: Fields, inferred: Fields): Fields =>
  Object.fromEntries(Object.entries(inferred).filter(([name, { value }]) => offered[name]?.value !== value))

function sourceOf({ kind, key, from }: Hit): FieldSource {
  if (!from) return { method: 'catalog', path: `${kind}:${key}` }
  return { method: 'service', path: `${from.source}:${kind}:${key}`, url: from.url, at: from.at }
}

const matchOf = ({ hit, recognition }: Recognised): CatalogMatch => ({
  ...(hit.from ? { source: hit.from.source } : {}),
  kind: hit.kind,
  key: hit.key,
  name: hit.name,
  method: hit.method,
  similarity: hit.similarity,
  ...(recognition.isChance ? { certainty: round(recognition.certainty) } : {}),
})

const isPresent = (value: FieldValue | undefined) =>
  value !== undefined && value !== null && String(value).trim() !== ''

export const hasValue = (field: Field | undefined) => field !== undefined && isPresent(field.value)

const round = (share: number) => Math.round(share * 10_000) / 10_000
