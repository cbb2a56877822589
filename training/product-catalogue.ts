import type { Field } from '../packages/domain/src/index.ts'
import type { Catalog } from '../packages/engine/src/ports/index.ts'
import { catalogFamilies, enrich, type CatalogFamilies } from '../services/enrichment/src/enrich.ts'
import { ProductModel, type ProductModelFile } from '../services/enrichment/src/product-model.ts'
import { squeeze } from '../services/enrichment/src/product-text.ts'
import type { Outcome } from './cross-validate.ts'
import { loadScorer, type Dirs } from './data.ts'
import { makeFolds, roundsOf } from './folds.ts'
import { learnValues } from './product-choice.ts'
import { readAllPairs, readCatalogue, readMasked, search, type Masked } from './product-data.ts'
import { learnMatcher, prepare, withoutNames, type Lessons, type Prepared } from './product-match.ts'
import { learnRanker } from './product-rank.ts'
import type { Figure, Measured } from './report.ts'
import { trigramCatalog } from './trigram-catalog.ts'

type Guess = { id: string; brand: string; modelno: string; catalog_id: string; confidence: number }
type Share = { accuracy: number; precision_when_filled: number; fill_rate: number; support: number }
type Scorer = {
  score(truth: object[], guesses: object[]): { brand: Share; modelno: Share; catalog_hit_at_1: number }
}
type Scores = ReturnType<Scorer['score']>
type Confidence = { curve(rows: Answer[]): { ece: number } }

/** What was said, how surely, and whether it is so; nothing was said of what is empty. */
type Answer = { confidence: number; correct: boolean }

/** A guess, and each of its answers; `lacking` are those of a catalogue from which the product was taken. */
type Filled = { guess: Guess; answers: Answers; lacking: Answers }
type Answers = Record<'link' | 'brand' | 'mpn', Answer | undefined>
type Looked = Outcome<Masked, Filled>

const SET = 'enrich-walmart-amazon'

/** What completes alone in most workflows. */
const SURE = 0.9

/** What the service ships: learned from everything there is. */
export const learnProduct = async (dir: string): Promise<ProductModelFile> => learn(await prepare(await lessonsIn(dir)))

function learn(prepared: Prepared): ProductModelFile {
  const { matcher, searches } = learnMatcher(prepared)
  const { ranker, worlds } = learnRanker(searches)
  return { matcher, ranker, values: learnValues({ matcher, ranker, worlds }) }
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
      some.map(({ prediction }) => prediction.guess),
    )
  const doubts = (name: keyof Answers): Record<string, number> => {
    const [there, lacking] = [answersTo(name, outcomes, 'answers'), answersTo(name, outcomes, 'lacking')]
    return {
      ece: curve(there).ece,
      'ece, row taken away': curve(lacking).ece,
      'surely wrong, row taken away': lacking.filter(isSurelyWrong).length / Math.max(outcomes.length, 1),
    }
  }
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
  const detailsOf = ({ precision_when_filled, fill_rate }: Share) => ({
    precision: precision_when_filled,
    filled: fill_rate,
  })
  const figures = [
    figureOf('brand accuracy', ({ brand }) => brand.accuracy, {
      floor: 0.85,
      baseline: 0.872,
      target: 0.92,
      details: { ...detailsOf(whole.brand), ...doubts('brand') },
    }),
    figureOf('model number accuracy', ({ modelno }) => modelno.accuracy, {
      floor: 0.6,
      baseline: 0.459,
      target: 0.8,
      details: { ...detailsOf(whole.modelno), ...doubts('mpn') },
    }),
    figureOf('hit@1 of the catalogue link', ({ catalog_hit_at_1 }) => catalog_hit_at_1, {
      floor: 0.85,
      baseline: 0.763,
      target: 0.95,
      details: doubts('link'),
    }),
  ]
  return { figures, predictions: { [SET]: outcomes.map(({ prediction }) => prediction.guess) } }
}

const answersTo = (name: keyof Answers, outcomes: readonly Looked[], world: 'answers' | 'lacking'): Answer[] =>
  outcomes.flatMap(({ prediction }) => prediction[world][name] ?? [])

const isSurelyWrong = ({ confidence, correct }: Answer): boolean => confidence >= SURE && !correct

/** A record that is tested is in no lesson, masked or not. */
async function fillAll(dirs: Dirs): Promise<{ outcomes: Looked[]; itemsPerSecond: number }> {
  const prepared = await prepare(await lessonsIn(dirs.train))
  const rounds = await roundsOf(dirs, readMasked, (masked) => makeFolds(masked, { group: nameOf }))
  const catalog = trigramCatalog(readCatalogue(dirs.test))
  const outcomes: Looked[] = []
  let fillMs = 0
  for (const [fold, { test }] of rounds.entries()) {
    const model = new ProductModel(learn(withoutNames(prepared, new Set(test.map(nameOf)))))
    const tools = { catalog, families: catalogFamilies(() => model) }
    const started = performance.now()
    const guesses = await Promise.all(test.map((example) => fill(example, tools)))
    fillMs += performance.now() - started
    outcomes.push(...test.map((example, index) => ({ example, fold, prediction: guesses[index]! })))
  }
  return { outcomes, itemsPerSecond: Math.round(((LOOKS * outcomes.length) / fillMs) * 1000) }
}

/** Every record is looked up twice: in the catalogue, and in one that lacks it. */
const LOOKS = 2

async function fill(example: Masked, tools: Tools): Promise<Filled> {
  const { guess, answers } = await lookUp(example, tools)
  const catalog = without(example.truth.catalog_ids, tools.catalog)
  return { guess, answers, lacking: (await lookUp(example, { ...tools, catalog })).answers }
}

type Tools = { catalog: Catalog; families: CatalogFamilies }

const without = (keys: readonly string[], catalog: Catalog): Catalog => ({
  find: async (query) => (await catalog.find(query)).filter(({ key }) => !keys.includes(key)),
})

async function lookUp({ id, record, truth }: Masked, tools: Tools): Promise<{ guess: Guess; answers: Answers }> {
  const given = { name: record.name, ...(record.price ? { price: record.price } : {}) }
  const fields = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, { value, confidence: 1 }]))
  const {
    fields: { brand, mpn },
    matches: [match],
  } = await enrich('product_record', fields, tools)
  const confidence = match?.certainty ?? 0
  return {
    guess: { id, brand: textIn(brand), modelno: textIn(mpn), catalog_id: match?.key ?? '', confidence },
    answers: {
      link: match && { confidence, correct: truth.catalog_ids.includes(match.key) },
      brand: answerOf(brand, truth.brand),
      mpn: answerOf(mpn, truth.modelno),
    },
  }
}

/** What nobody knows is neither right nor wrong. */
const answerOf = (field: Field | undefined, truth: string): Answer | undefined =>
  field && truth ? { confidence: field.confidence, correct: squeeze(textIn(field)) === squeeze(truth) } : undefined

const textIn = (field: Field | undefined): string => (typeof field?.value === 'string' ? field.value : '')

const nameOf = ({ record }: Masked): string => record.name

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares / Math.max(values.length - 1, 1))
}
