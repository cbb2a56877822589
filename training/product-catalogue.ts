import { catalogFamilies, enrich } from '../services/enrichment/src/enrich.ts'
import { ProductModel, type ProductModelFile } from '../services/enrichment/src/product-model.ts'
import type { Outcome } from './cross-validate.ts'
import { loadScorer, type Dirs } from './data.ts'
import { makeFolds, roundsOf } from './folds.ts'
import { learnValues } from './product-choice.ts'
import { readAllPairs, readCatalogue, readMasked, search, type Masked } from './product-data.ts'
import { learnMatcher, type Lessons } from './product-match.ts'
import type { Figure, Measured } from './report.ts'
import { trigramCatalog } from './trigram-catalog.ts'

type Guess = { id: string; brand?: string; modelno?: string; catalog_id?: string; confidence: number }
type Share = { accuracy: number; precision_when_filled: number; fill_rate: number; support: number }
type Scorer = {
  score(truth: object[], guesses: object[]): { brand: Share; modelno: Share; catalog_hit_at_1: number }
}
type Scores = ReturnType<Scorer['score']>
type Confidence = { curve(rows: { confidence: number; correct: boolean }[]): { ece: number } }
type Looked = Outcome<Masked, Guess>

const SET = 'enrich-walmart-amazon'

/** What the service ships: learned from everything there is. */
export const learnProduct = async (dir: string): Promise<ProductModelFile> => learn(await lessonsIn(dir))

function learn(lessons: Lessons): ProductModelFile {
  const { matcher, searches } = learnMatcher(lessons)
  return { matcher, values: learnValues(matcher, searches) }
}

const lessonsIn = async (dir: string): Promise<Lessons> => ({
  pairs: readAllPairs(dir, ['train', 'valid']),
  searches: await search(readMasked(dir), readCatalogue(dir)),
})

/** Fills brand and number of masked records from the catalogue, by the function that the stage runs. */
export async function evaluateProductCatalogue(dirs: Dirs): Promise<Measured> {
  const { outcomes, itemsPerSecond } = await fillAll(dirs)
  const { score } = await loadScorer<Scorer>(dirs.train, 'enrich')
  const { curve } = await loadScorer<Confidence>(dirs.train, 'confidence')
  const scored = (some: readonly Looked[]) =>
    score(
      some.map(({ example }) => example.truth),
      some.map(({ prediction }) => prediction),
    )
  const links = outcomes.map(({ example, prediction: { catalog_id, confidence } }) => ({
    confidence,
    correct: example.truth.catalog_ids.includes(catalog_id ?? ''),
  }))
  const whole = scored(outcomes)
  const folds = Object.values(Object.groupBy(outcomes, ({ fold }) => fold)).map((fold) => scored(fold ?? []))
  const figureOf = (metric: string, of: (scores: Scores) => number, more: Partial<Figure>): Figure => ({
    set: SET,
    metric,
    mean: of(whole),
    deviation: deviation(folds.map(of)),
    items: outcomes.length,
    itemsPerSecond,
    ...more,
  })
  const figures = [
    figureOf('brand accuracy', ({ brand }) => brand.accuracy, {
      floor: 0.85,
      baseline: 0.872,
      target: 0.92,
      details: { precision: whole.brand.precision_when_filled, filled: whole.brand.fill_rate },
    }),
    figureOf('model number accuracy', ({ modelno }) => modelno.accuracy, {
      floor: 0.5,
      baseline: 0.459,
      target: 0.8,
      details: { precision: whole.modelno.precision_when_filled, filled: whole.modelno.fill_rate },
    }),
    figureOf('hit@1 of the catalogue link', ({ catalog_hit_at_1 }) => catalog_hit_at_1, {
      floor: 0.85,
      baseline: 0.763,
      target: 0.95,
      details: { ece: curve(links).ece },
    }),
  ]
  return { figures, predictions: { [SET]: outcomes.map(({ prediction }) => prediction) } }
}

/** A record that is tested is in no lesson, masked or not. */
async function fillAll(dirs: Dirs): Promise<{ outcomes: Looked[]; itemsPerSecond: number }> {
  const { pairs, searches } = await lessonsIn(dirs.train)
  const rounds = await roundsOf(dirs, readMasked, (masked) => makeFolds(masked, { folds: 3, group: nameOf }))
  const catalog = trigramCatalog(readCatalogue(dirs.test))
  const outcomes: Looked[] = []
  let fillMs = 0
  for (const [fold, { test }] of rounds.entries()) {
    const tested = new Set(test.map(nameOf))
    const model = new ProductModel(
      learn({
        pairs: pairs.filter(({ left }) => !tested.has(left.name)),
        searches: searches.filter((known) => !tested.has(nameOf(known))),
      }),
    )
    const tools = { catalog, families: catalogFamilies(() => model) }
    const started = performance.now()
    const guesses = await Promise.all(test.map((example) => fill(example, tools)))
    fillMs += performance.now() - started
    outcomes.push(...test.map((example, index) => ({ example, fold, prediction: guesses[index]! })))
  }
  return { outcomes, itemsPerSecond: Math.round((outcomes.length / fillMs) * 1000) }
}

async function fill({ id, record }: Masked, tools: Parameters<typeof enrich>[2]): Promise<Guess> {
  const given = { name: record.name, ...(record.price ? { price: record.price } : {}) }
  const fields = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, { value, confidence: 1 }]))
  const { fields: after, matches } = await enrich('product_record', fields, tools)
  const [match] = matches
  return {
    id,
    brand: textIn(after['brand']?.value),
    modelno: textIn(after['mpn']?.value),
    catalog_id: match?.key ?? '',
    confidence: match?.certainty ?? 0,
  }
}

const textIn = (value: unknown): string => (typeof value === 'string' ? value : '')

const nameOf = ({ record }: Masked): string => record.name

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares / Math.max(values.length - 1, 1))
}
