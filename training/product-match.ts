import { TreeModel, type Calibration, type TreeModelFile } from '../packages/models/src/index.ts'
import { compareProducts, type Features } from '../services/enrichment/src/product-features.ts'
import {
  MIN_COUNT,
  ProductMatcher,
  withScore,
  type ProductMatcherFile,
} from '../services/enrichment/src/product-matcher.ts'
import { wordsIn, type ProductRecord, type ProductText } from '../services/enrichment/src/product-text.ts'
import { trainSeveral } from './boosting.ts'
import { makeFolds } from './folds.ts'
import { fitCalibration } from './isotonic.ts'
import { lookUpsAmong, type LookUp, type Pair, type Search } from './product-data.ts'

/** What matching is learned from: labelled pairs, and look-ups in a catalogue. */
export type Lessons = { pairs: Pair[]; searches: Search[] }

/** `lookUps` are among the records of the pairs. */
type Kept = { pairs: Weighed<Pair>[]; lookUps: LookUp[]; searches: Search[] }

/** A pair that stands for as many as its weight says. */
export type Weighed<Example> = Example & { weight: number }

export type HeldPair = { example: Weighed<Pair>; score: number; fold: number }
/** A look-up with how each row compares, its score among that. */
export type HeldSearch = { example: Search; rows: Features[]; fold: number }

const TREES = { trees: 120, depth: 5, rate: 0.1, columns: 0.3, rows: 0.6 }

/** Models whose mean is taken. */
const MATCHERS = 2

/** Of pairs and rows that are not the same product, one in so many is learned from and counts for all. */
const THINNED = 3

/** The nearest rows of a look-up are all learned from. */
const NEAREST_ROWS = 6

/** Lessons made ready, and what they have in common with all that is learned from them. */
export type Prepared = { kept: Kept; table: Table }

export async function prepare({ pairs, searches }: Lessons): Promise<Prepared> {
  const masked = new Set(searches.map(nameOf))
  const lookUps = (await lookUpsAmong(pairs)).filter((lookUp) => !masked.has(nameOf(lookUp)))
  return {
    kept: { pairs: thinned(pairs).map(maskedHalf), lookUps, searches },
    table: tableOf({ pairs, searches }),
  }
}

const nameOf = ({ record }: LookUp): string => record.name

/** What is left to learn from where records of some names are tested. */
export const withoutNames = ({ kept, table }: Prepared, names: ReadonlySet<string>): Prepared => ({
  kept: {
    pairs: kept.pairs.filter(({ left }) => !names.has(left.name)),
    lookUps: kept.lookUps.filter((lookUp) => !names.has(nameOf(lookUp))),
    searches: kept.searches.filter((search) => !names.has(nameOf(search))),
  },
  table,
})

/**
 * Scores of matchers that saw no record of the same name, for calibration and for measuring, and the matcher that
 * learned from everything.
 */
export function learnMatcher({ kept, table }: Prepared): {
  matcher: ProductMatcherFile
  pairs: HeldPair[]
  searches: HeldSearch[]
} {
  const { pairs, searches } = crossFit(kept, table)
  const matcher = { words: table.words, match: trainOn(kept, table), pair: pairCalibration(pairs) }
  return { matcher, pairs, searches }
}

export const pairCalibration = (pairs: readonly HeldPair[]): Calibration =>
  fitCalibration(
    pairs.flatMap(({ example, score }) =>
      Array.from({ length: example.weight }, () => ({ score, right: example.yes })),
    ),
    40,
  )

/** What does not depend on labels, once for all folds. */
type Table = {
  words: ProductMatcherFile['words']
  compare(one: ProductRecord, other: ProductRecord): Features
}

function tableOf({ pairs, searches }: Lessons): Table {
  const records = [...pairs.flatMap(({ left, right }) => [left, right]), ...searches.map(({ record }) => record)]
  const words = countWords(records)
  const reader = new ProductMatcher({ words, match: { features: [], bias: 0, trees: [] } })
  const texts = new Map<ProductRecord, ProductText>()
  const read = (record: ProductRecord) => {
    const text = texts.get(record) ?? reader.read(record)
    texts.set(record, text)
    return text
  }
  const known = new Map<ProductRecord, Map<ProductRecord, Features>>()
  const compare = (one: ProductRecord, other: ProductRecord) => {
    const row = known.get(one) ?? new Map<ProductRecord, Features>()
    known.set(one, row)
    const features = row.get(other) ?? compareProducts(read(one), read(other))
    row.set(other, features)
    return features
  }
  return { words, compare }
}

function countWords(records: readonly ProductRecord[]): ProductMatcherFile['words'] {
  const counts = new Map<string, number>()
  const distinct = new Map(records.map((record) => [record.name, record]))
  for (const record of distinct.values())
    for (const word of new Set(wordsIn(record))) counts.set(word, (counts.get(word) ?? 0) + 1)
  const kept = [...counts].filter(([, count]) => count >= MIN_COUNT).sort(([a], [b]) => (a < b ? -1 : 1))
  return { names: distinct.size, counts: Object.fromEntries(kept) }
}

function trainOn({ pairs, lookUps, searches }: Kept, { compare }: Table): TreeModelFile {
  const found = [...searches, ...lookUps].flatMap(({ record, rows }) => {
    const looked = rows.map((row) => ({ yes: row.yes, left: record, right: row.record, weight: 1 }))
    return [...looked.slice(0, NEAREST_ROWS), ...thinned(looked.slice(NEAREST_ROWS))]
  })
  const examples = [...pairs, ...found].map(({ left, right, yes, weight }) => ({
    features: compare(left, right),
    yes,
    weight,
  }))
  return trainSeveral(examples, TREES, MATCHERS)
}

const thinned = <Example extends { yes: boolean }>(examples: readonly Example[]): Weighed<Example>[] => [
  ...examples.filter(({ yes }) => yes).map((example) => ({ ...example, weight: 1 })),
  ...examples
    .filter(({ yes }) => !yes)
    .filter((_, index) => index % THINNED === 0)
    .map((example) => ({ ...example, weight: THINNED })),
]

/** The records that want enriching are those whose brand and number are missing: half of those that have both lose them. */
const maskedHalf = (pair: Weighed<Pair>, index: number): Weighed<Pair> =>
  index % 2 === 0 && pair.left.brand !== undefined && pair.left.mpn !== undefined
    ? { ...pair, left: { ...pair.left, brand: undefined, mpn: undefined } }
    : pair

function crossFit({ pairs, lookUps, searches }: Kept, table: Table, folds = 3) {
  const none: Kept = { pairs: [], lookUps: [], searches: [] }
  const named = [
    ...pairs.map((pair) => ({ name: pair.left.name, ...none, pairs: [pair] })),
    ...lookUps.map((lookUp) => ({ name: nameOf(lookUp), ...none, lookUps: [lookUp] })),
    ...searches.map((search) => ({ name: nameOf(search), ...none, searches: [search] })),
  ]
  const groups = makeFolds(named, { folds, group: ({ name }) => name })
  const all = groups.map((group, fold) => {
    const rest = groups.filter((other) => other !== group).flat()
    const compare = comparing(trainOn(merged(rest), table), table)
    process.stderr.write(`  products, part ${fold + 1} of ${folds}\n`)
    const held = merged(group)
    return {
      pairs: held.pairs.map((example): HeldPair => ({
        example,
        fold,
        score: compare(example.left, example.right).chance,
      })),
      searches: held.searches.map((example): HeldSearch => ({
        example,
        fold,
        rows: example.rows.map(({ record }) => {
          const { features, chance } = compare(example.record, record)
          return withScore(features, chance)
        }),
      })),
    }
  })
  return { pairs: all.flatMap((held) => held.pairs), searches: all.flatMap((held) => held.searches) }
}

const merged = (some: readonly Kept[]): Kept => ({
  lookUps: some.flatMap(({ lookUps }) => lookUps),
  pairs: some.flatMap(({ pairs }) => pairs),
  searches: some.flatMap(({ searches }) => searches),
})

function comparing(match: TreeModelFile, table: Table) {
  const trees = new TreeModel(match)
  return (one: ProductRecord, other: ProductRecord) => {
    const features = table.compare(one, other)
    return { features, chance: trees.predict(features) }
  }
}
