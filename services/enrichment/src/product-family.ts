import type { CatalogItem, Field, Fields } from '@stageline/domain'
import type { CatalogQuery } from '@stageline/runtime'
import type { CatalogFamily, Recognition, Candidate } from './catalog-family.ts'
import { folded, nameSimilarity } from './name-similarity.ts'
import { priceOf, recordOfItem, type Likeliest, type ProductModel } from './product-model.ts'
import { both, gtin13, numberInCommon } from './product-numbers.ts'
import { codesOf, type ProductText } from './product-text.ts'
import { samePartNumber } from './same-part-number.ts'
import { asText, textOf } from './text-of.ts'

/** Beside an equal GTIN or article number the name may be worded differently. */
const MIN_SIMILARITY_BESIDE_NUMBER = 0.2

/** By name alone, rows that share a fifth of the trigrams are worth comparing word by word. */
const NAME_SEARCH = { minSimilarity: 0.2, limit: 30 }

/** Rows whose article number stands in the name come first, however they are worded. */
export const nameQuery = (name: string): CatalogQuery => ({
  kind: 'product',
  name,
  numbers: codesOf(name),
  ...NAME_SEARCH,
})

/** What is less sure than this is not even a guess worth a look. */
export const MIN_CERTAINTY = 0.05

/** A value that is less likely than this is not filled: one of a neighbour misleads more than one read from the name. */
const MIN_CHANCE = { row: 0.3, name: 0.2 }

type Model = () => ProductModel

/**
 * Products, by GTIN, article number or name. What both sides know must agree; whether a name is that of the row says the
 * model, with the chance that it is.
 */
export const productFamily = (model: Model): CatalogFamily => ({
  queries(fields) {
    const name = textOf(fields, 'name')
    const keys = [gtin13(textOf(fields, 'gtin')), textOf(fields, 'mpn'), textOf(fields, 'sku')].filter(
      (key) => key !== undefined,
    )
    const byName = name ? nameQuery(name) : undefined
    const byKey = keys.map((key): CatalogQuery => ({ kind: 'product', ...byName, key }))
    return byKey.length > 0 || !byName ? byKey : [byName]
  },
  recognise: (fields, items) => recognise(fields, items, model),
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
  infer: (fields, candidates) => infer(fields, candidates, model),
})

/** Rows that a number speaks for or against are settled; the others are rivals. */
function recognise(fields: Fields, items: readonly CatalogItem[], model: Model): (Recognition | undefined)[] {
  const numbers = items.map((item) => (brandsAgree(fields, item) ? numberInCommon(fields, item) : false))
  const rivals = items.filter((_, index) => numbers[index] === undefined)
  const chances = new Map(chancesOf(fields, rivals, model).map((chance, index) => [rivals[index], chance]))
  return items.map((item, index) => {
    const number = numbers[index]
    if (number) return recogniseByNumber(fields, item, number)
    const certainty = chances.get(item) ?? 0
    return certainty < MIN_CERTAINTY ? undefined : { certainty, by: 'name', isChance: true }
  })
}

function recogniseByNumber(fields: Fields, item: CatalogItem, by: string): Recognition | undefined {
  const name = textOf(fields, 'name')
  const similarity = name === undefined ? 1 : nameSimilarity(withoutBrand(name, item), withoutBrand(item.name, item))
  return similarity < MIN_SIMILARITY_BESIDE_NUMBER ? undefined : { certainty: 0.98, by }
}

function chancesOf(fields: Fields, rivals: readonly CatalogItem[], model: Model): number[] {
  if (rivals.length === 0 || textOf(fields, 'name') === undefined) return []
  const rows = rivals.map((item) => model().matcher.read(recordOfItem(item)))
  return model().chances(readFields(fields, model), rows)
}

function readFields(fields: Fields, model: Model): ProductText {
  return model().matcher.read({
    name: textOf(fields, 'name') ?? '',
    brand: textOf(fields, 'brand'),
    mpn: textOf(fields, 'mpn'),
    description: textOf(fields, 'description'),
    price: priceOf(fields.price?.value),
  })
}

/** Brand and number, which the name may tell better than a row that is only probably the same product. */
function infer(fields: Fields, candidates: readonly Candidate[], model: Model): Record<string, Field> {
  if (textOf(fields, 'name') === undefined) return {}
  const { matcher } = model()
  const rows = candidates.map(({ item, certainty }) => ({ text: matcher.read(recordOfItem(item)), chance: certainty }))
  const likeliest = Object.entries(model().likeliest(readFields(fields, model), rows))
  return Object.fromEntries(
    likeliest
      .filter(([, { chance, row }]) => chance >= MIN_CHANCE[row === undefined ? 'name' : 'row'])
      .map(([name, found]) => [name, fieldOf(found, fields, candidates)]),
  )
}

/** A value that no row has was read from the name. */
function fieldOf({ value, row, chance }: Likeliest, fields: Fields, candidates: readonly Candidate[]): Field {
  const item = row === undefined ? undefined : candidates[row]?.item
  const confidence = Math.round(chance * (fields.name?.confidence ?? 1) * 10_000) / 10_000
  return item
    ? { value, confidence, source: { method: 'catalog', path: `${item.kind}:${item.key}` } }
    : { value, confidence, source: { method: 'rule', path: 'name', text: textOf(fields, 'name') ?? '' } }
}

/** Shops write the brand before the name or leave it out. */
function withoutBrand(name: string, item: CatalogItem): string {
  const brand = folded(asText(item.attributes.brand) ?? '')
  return brand ? ` ${folded(name)} `.replace(` ${brand} `, ' ').trim() : name
}

const brandsAgree = (fields: Fields, item: CatalogItem) =>
  both(textOf(fields, 'brand'), asText(item.attributes.brand), (a, b) => nameSimilarity(a, b) >= 0.6) ?? true
