import { join } from 'node:path'
import type { CatalogItem } from '@stageline/domain'
import { calibrated, readModelFile, TreeModel, type Calibration, type TreeModelFile } from '@stageline/models'
import { ProductMatcher, type ProductMatcherFile } from './product-matcher.ts'
import { ProductRanker, type ProductRankerFile } from './product-ranker.ts'
import type { ProductRecord, ProductText } from './product-text.ts'
import { VALUE_FIELDS, valueCandidates, type Row, type ValueCandidate, type ValueField } from './product-values.ts'
import { asText } from './text-of.ts'

/** As training writes it. */
export type ProductModelFile = {
  matcher: ProductMatcherFile
  ranker: ProductRankerFile
  /** For each field that tells a product apart, which of several values is its own. */
  values: Record<ValueField, { trees: TreeModelFile; calibration: Calibration }>
}

export type Likeliest = ValueCandidate & { chance: number }

/** What training learned about products: whether two are the same, which row is one, and which value is whose. */
export class ProductModel {
  readonly matcher: ProductMatcher
  readonly #ranker: ProductRanker
  readonly #values: Record<ValueField, { trees: TreeModel; calibration: Calibration }>

  constructor({ matcher, ranker, values }: ProductModelFile) {
    this.matcher = new ProductMatcher(matcher)
    this.#ranker = new ProductRanker(ranker)
    this.#values = {
      brand: { ...values.brand, trees: new TreeModel(values.brand.trees) },
      mpn: { ...values.mpn, trees: new TreeModel(values.mpn.trees) },
    }
  }

  /** Chance for each row of a catalogue to be the product. */
  chances(product: ProductText, rows: readonly ProductText[]): number[] {
    return this.#ranker.chances(product, rows, this.matcher)
  }

  /** The likeliest value of each field, from the rows (best first) and the name of the product. */
  likeliest(product: ProductText, rows: readonly Row[]): Partial<Record<ValueField, Likeliest>> {
    const entries = VALUE_FIELDS.flatMap((field) => {
      const best = this.#best(field, valueCandidates(field, product, rows))
      return best ? [[field, best] as const] : []
    })
    return Object.fromEntries(entries)
  }

  #best(field: ValueField, candidates: readonly ValueCandidate[]): Likeliest | undefined {
    const { trees, calibration } = this.#values[field]
    const scored = candidates.map((candidate) => ({ candidate, score: trees.predict(candidate.features) }))
    const best = scored.sort((a, b) => b.score - a.score)[0]
    return best && { ...best.candidate, chance: calibrated(calibration, best.score) }
  }
}

/** Reads the model that training wrote to `models/` when it is first needed: an idle worker stays small. */
export function shippedProductModel(dir: string = join(import.meta.dirname, '../models')): () => ProductModel {
  let model: ProductModel | undefined
  return () => (model ??= new ProductModel(readModelFile<ProductModelFile>(join(dir, 'product.json.gz'))))
}

/** A row of the catalogue as a record that can be compared. */
export function recordOfItem({ name, attributes }: CatalogItem): ProductRecord {
  return {
    name,
    brand: asText(attributes['brand']),
    mpn: asText(attributes['mpn']),
    description: asText(attributes['description']),
    price: priceOf(attributes['price']),
  }
}

/** Prices are compared by their ratio: the currency is taken to be the same. */
export function priceOf(value: unknown): number | undefined {
  const price = Number(value)
  return Number.isFinite(price) && price > 0 ? price : undefined
}
