import { calibrated, TreeModel, type Calibration, type TreeModelFile } from '@stageline/models'
import type { Features } from './product-features.ts'
import type { ProductMatcher } from './product-matcher.ts'
import type { ProductText } from './product-text.ts'

/** As training writes it. */
export type ProductRankerFile = {
  /** Whether a row of a catalogue is the product, by what `besideRivals` says. */
  trees: TreeModelFile
  /** From the share of the best row to the chance that it is the product. */
  best?: Calibration
}

/** Which row of a catalogue a product is, if any: learned from look-ups, also from those whose row was taken away. */
export class ProductRanker {
  readonly #trees: TreeModel
  readonly #best: Calibration | undefined

  constructor({ trees, best }: ProductRankerFile) {
    this.#trees = new TreeModel(trees)
    this.#best = best
  }

  /** Chance for each row to be the product; together they are no more than certain. */
  chances(product: ProductText, rows: readonly ProductText[], matcher: ProductMatcher): number[] {
    const compared = rows.map((row) => matcher.compare(product, row))
    return chancesOf(this.shares(besideRivals(compared)), this.#best)
  }

  /** What each row, compared and beside its rivals, has of one before calibration; the rest is for none of them. */
  shares(rows: readonly Features[]): number[] {
    return amongRivals(rows.map((features) => this.#trees.predict(features)))
  }
}

/** The best row is as likely as rows with its share were; the others divide what it leaves. */
export function chancesOf(shares: readonly number[], calibration: Calibration | undefined): number[] {
  const best = shares.indexOf(Math.max(...shares))
  const share = shares[best] ?? 0
  const chance = calibrated(calibration, share)
  const others = shares.reduce((sum, next) => sum + next, 0) - share
  // Of next to nothing no share can be told.
  const scale = share < Number.EPSILON ? 0 : Math.min(chance / share, (1 - chance) / (others || 1))
  return shares.map((next, index) => (index === best ? chance : next * scale))
}

/** At most one of the rows is the product, or none of them is: odds over one and the sum of all odds. */
export function amongRivals(scores: readonly number[]): number[] {
  const odds = scores.map((score) => score / Math.max(1 - score, 1e-6))
  const all = 1 + odds.reduce((sum, next) => sum + next, 0)
  return odds.map((next) => next / all)
}

/** Figures by which rows compete, and whether more or less of them is better. */
const CONTESTED: readonly (readonly [name: string, sign: 1 | -1])[] = [
  ['score', 1],
  ['cosine', 1],
  ['jaccard', 1],
  ['coveredLeft', 1],
  ['coveredRight', 1],
  ['trigrams', 1],
  ['trigramsWithin', 1],
  ['rarestShared', 1],
  ['rarestLeft', -1],
  ['rarestRight', -1],
  ['missingLeft', -1],
  ['missingRight', -1],
  ['numbersShared', 1],
  ['numbersConflict', -1],
  ['unitsConflict', -1],
  ['codeShared', 1],
  ['codeConflict', -1],
  ['codeStart', 1],
  ['priceRatio', 1],
]

/** Ahead of nobody. */
const ALONE = 100

/** How rows compare with the product, and how far each is ahead of its best rival (below zero: behind). */
export function besideRivals(rows: readonly Features[]): Features[] {
  const leads = CONTESTED.map(([name, sign]) => leadsOf(rows.map((row) => sign * (row[name] ?? -1))))
  return rows.map((row, index) => ({
    ...row,
    rivals: rows.length - 1,
    ...Object.fromEntries(CONTESTED.map(([name], contest) => [`${name}Lead`, leads[contest]![index]!])),
  }))
}

function leadsOf(values: readonly number[]): number[] {
  const [best = 0, second = best - ALONE] = values.toSorted((a, b) => b - a)
  const leader = values.indexOf(best)
  return values.map((value, index) => value - (index === leader ? second : best))
}
