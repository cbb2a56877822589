import { calibrated, TreeModel, type Calibration, type TreeModelFile } from '@stageline/models'
import { compareProducts, type Features } from './product-features.ts'
import { readProduct, type ProductRecord, type ProductText } from './product-text.ts'

/** As training writes it: how often words occur, and the trees. */
export type ProductMatcherFile = {
  /** In how many of the names each word stands; seldom ones are left out. */
  words: { names: number; counts: Record<string, number> }
  match: TreeModelFile
  /** From the score of two records to the chance that they are one product. */
  pair?: Calibration
}

/**
 * Whether two records are the same product: probabilistic record linkage (Fellegi and Sunter 1969), the weights of
 * agreement and conflict learned by boosted trees.
 */
export class ProductMatcher {
  readonly #file: ProductMatcherFile
  readonly #trees: TreeModel
  readonly #counts: Map<string, number>

  constructor(file: ProductMatcherFile) {
    this.#file = file
    this.#trees = new TreeModel(file.match)
    this.#counts = new Map(Object.entries(file.words.counts))
  }

  read(record: ProductRecord): ProductText {
    return readProduct(record, (word) => this.#weigh(word))
  }

  /** Score, 0 to 1, before calibration. */
  score(one: ProductText, other: ProductText): number {
    return this.#trees.predict(compareProducts(one, other))
  }

  /** What both have in common and where they differ, with the log odds that they are one product. */
  compare(one: ProductText, other: ProductText): Features {
    const features = compareProducts(one, other)
    return withScore(features, this.#trees.predict(features))
  }

  /** Chance that both are the same product, judged for themselves. */
  chance(one: ProductRecord, other: ProductRecord): number {
    return calibrated(this.#file.pair, this.score(this.read(one), this.read(other)))
  }

  #weigh(word: string): number {
    const { names } = this.#file.words
    return Math.log(names / Math.max(MIN_COUNT - 1, this.#counts.get(word) ?? 0))
  }
}

/** Words of fewer names than this are equally rare. */
export const MIN_COUNT = 3

export const withScore = (features: Features, score: number): Features => ({
  ...features,
  score: Math.log(Math.max(score, 1e-9) / Math.max(1 - score, 1e-9)),
})
