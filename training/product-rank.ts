import type { Features } from '../services/enrichment/src/product-features.ts'
import { besideRivals, ProductRanker, type ProductRankerFile } from '../services/enrichment/src/product-ranker.ts'
import { trainSeveral, type Labelled } from './boosting.ts'
import { fitCalibration } from './isotonic.ts'
import type { HeldSearch } from './product-match.ts'

/** A look-up in a catalogue that has so much of what the search found. */
export type World = { search: HeldSearch; kept: number[]; counts: number; features: Features[] }

export type RankedWorld = World & { shares: number[] }

const TREES = { trees: 150, depth: 3, rate: 0.1, columns: 0.3, rows: 0.6, minLeaf: 5 }

/** Models whose mean is taken. */
const RANKERS = 3

/** The rows that look best are all learned from, of the others one in so many, which counts for all. */
const NEAREST_ROWS = 6
const THINNED = 3

/** Learns which row is the product, and gives the shares that rankers gave who had not seen the record. */
export function learnRanker(searches: readonly HeldSearch[]): { ranker: ProductRankerFile; worlds: RankedWorld[] } {
  const worlds = searches.flatMap((search, index) => worldsOf(search, index))
  const folds = [...new Set(searches.map(({ fold }) => fold))]
  const ranked = folds.flatMap((fold) => {
    const ranker = new ProductRanker({ trees: trainOn(worlds.filter(({ search }) => search.fold !== fold)) })
    return worlds
      .filter(({ search }) => search.fold === fold)
      .map((world) => ({ ...world, shares: ranker.shares(world.features) }))
  })
  return { ranker: { trees: trainOn(worlds), best: bestCalibration(ranked) }, worlds: ranked }
}

/**
 * The catalogue as it is, without the product, and both with but one row in some: a tenant's catalogue may be small and
 * lack the product, and then the nearest row must not pass for it.
 */
function worldsOf(search: HeldSearch, index: number): World[] {
  const rows = search.example.rows
  const all = [...rows.keys()]
  const one = 2 ** ((index % 5) + 1)
  const few = all.filter((row) => rows[row]!.yes || row % one === index % one)
  const isOther = (row: number) => !rows[row]!.yes
  const worlds = [
    { kept: all, counts: 2 },
    { kept: few, counts: 2 },
    { kept: all.filter(isOther), counts: 1 },
    { kept: few.filter(isOther), counts: 1 },
  ]
  return worlds
    .filter(({ kept }) => kept.length > 0)
    .map((world) => ({ ...world, search, features: besideRivals(world.kept.map((row) => search.rows[row]!)) }))
}

const trainOn = (worlds: readonly World[]) => trainSeveral(worlds.flatMap(examplesOf), TREES, RANKERS)

function examplesOf(world: World): Labelled[] {
  const rows = world.kept.map((row, index) => ({
    features: world.features[index]!,
    yes: world.search.example.rows[row]!.yes,
    weight: world.counts,
  }))
  const nearest = rows.toSorted((a, b) => b.features['score']! - a.features['score']!)
  return nearest.flatMap((row, place) => {
    if (row.yes || place < NEAREST_ROWS) return [row]
    return place % THINNED === 0 ? [{ ...row, weight: row.weight * THINNED }] : []
  })
}

/** How often the best row of a look-up was right. */
const bestCalibration = (worlds: readonly RankedWorld[]) =>
  fitCalibration(
    worlds.flatMap(({ search, kept, counts, shares }) => {
      const best = shares.indexOf(Math.max(...shares))
      const outcome = { score: shares[best]!, right: search.example.rows[kept[best]!]!.yes }
      return Array.from({ length: counts }, () => outcome)
    }),
    40,
  )
