import { AttributeModel, type AttributeModelFile } from '../services/extraction/src/attributes/attribute-model.ts'
import { KnownValues } from '../services/extraction/src/attributes/known-values.ts'
import { readAttributes, type AttributeReading } from '../services/extraction/src/attributes/read-attributes.ts'
import { Schema, type CategorySchema } from '../services/extraction/src/attributes/schema.ts'
import { FIRST_FEATURE_ROW, titleForm, titleParts } from '../services/extraction/src/attributes/title-form.ts'
import { LEAST_CATEGORY_CONFIDENCE, LEAST_CONFIDENCE } from '../services/extraction/src/attributes/title-fields.ts'
import { WordUses } from '../services/extraction/src/attributes/word-uses.ts'
import { calibrated, type Calibration } from '../services/extraction/src/calibration.ts'
import { titleFeatures } from '../services/classification/src/title-features.ts'
import {
  countValues,
  countWords,
  frequentFeatures,
  labelTitle,
  type Item,
  type TitleExample,
  type Truth,
} from './attribute-labels.ts'
import { heldOutError, type ScoredAnswer } from './calibration-error.ts'
import { crossValidate, overFolds, type Outcome } from './cross-validate.ts'
import { loadScorer, readRows, type Dirs } from './data.ts'
import { makeFolds, roundsOf, splits, type Round } from './folds.ts'
import { fitCalibration } from './isotonic.ts'
import { learnFromTitles } from './product-category.ts'
import type { Measured } from './report.ts'
import { SpanLearner, type SpanExample, type SpanOptions } from './span-learner.ts'

type Scores = { micro: { f1: number; precision: number; recall: number }; macro: { f1: number } }
type Scorer = { score(truth: object[], predictions: object[]): Scores }

/** A source of titles: how its annotators work, and how it is learned. */
type Source = {
  set: string
  /** Whether an attribute that the truth does not name has no value; otherwise nothing is known of it. */
  silenceIsNone: boolean
  options: SpanOptions
  floor: number
  baseline: number
  target: number
}

const OA_MINE: Source = {
  set: 'oa-mine',
  silenceIsNone: true,
  options: { epochs: 4, rate: 0.05, penalty: 3e-3 },
  floor: 0.74,
  baseline: 0.586,
  target: 0.8,
}

const AE_110K: Source = {
  set: 'ae-110k',
  silenceIsNone: false,
  options: { epochs: 4, rate: 0.05, penalty: 3e-3 },
  floor: 0.8,
  baseline: 0.729,
  target: 0.84,
}

export const evaluateOaMine = (dirs: Dirs): Promise<Measured> => evaluate(OA_MINE, dirs)
export const evaluateAe110k = (dirs: Dirs): Promise<Measured> => evaluate(AE_110K, dirs)

/** A model for each source of titles, with the table that one held-out fold gives. */
export const learnAttributes = (dir: string): AttributeModelFile[] =>
  [OA_MINE, AE_110K].map((source) => ({
    ...learn(source, dir, readExamples(dir, source)),
    calibration: fitCalibration(scoredAnswers(source, oneHeldOutFold(source, dir))),
  }))

async function evaluate(source: Source, dirs: Dirs): Promise<Measured> {
  const rounds = await roundsOf(dirs, (dir) => readExamples(dir, source), foldsOf)
  const { outcomes, itemsPerSecond } = readHeldOut(source, dirs.train, rounds)
  const first = dirs.train === dirs.test ? inFold(outcomes, 0) : oneHeldOutFold(source, dirs.train)
  const table = fitCalibration(scoredAnswers(source, first))
  const { score } = await loadScorer<Scorer>(dirs.train, 'attributes')
  const scored = (some: Outcomes): Scores => score(truths(some), answers(some))
  const { mean, deviation } = overFolds(outcomes, (fold) => scored(fold).micro.f1)
  const { micro, macro } = scored(outcomes)
  const figure = {
    set: source.set,
    metric: 'attribute micro F1',
    floor: source.floor,
    baseline: source.baseline,
    target: source.target,
    published: 'GPT-4 0.86 over both sets (ExtractGPT, arXiv 2310.12537)',
    mean,
    deviation,
    items: outcomes.length,
    itemsPerSecond,
    details: {
      precision: micro.precision,
      recall: micro.recall,
      macro_f1: macro.f1,
      f1_category_recognised: scored(outcomes.map(asRecognised)).micro.f1,
      f1_as_stage_gives: scored(outcomes.map(asStageGives(table))).micro.f1,
      ece: await heldOutError(dirs.train, scoredAnswers(source, outcomes)),
    },
  }
  return { figures: [figure], predictions: { [source.set]: answers(outcomes, table) } }
}

/** What is read where the category is given, and where it must first be recognised. */
type Readings = { given: AttributeReading[]; recognised: AttributeReading[] }
type Outcomes = Outcome<TitleExample, Readings>[]

const readHeldOut = (source: Source, dir: string, rounds: Round<TitleExample>[]) =>
  crossValidate(
    rounds,
    (examples) => ({
      attributes: new AttributeModel({ ...learn(source, dir, examples), calibration: [] }),
      categories: learnFromTitles(
        dir,
        source.set,
        examples.map(({ item }) => item),
      ),
    }),
    ({ attributes, categories }, { item: { title, category } }): Readings => {
      const [best] = categories.predict(titleFeatures(title))
      const given = readAttributes(attributes, title, category)
      if (!best || best.probability < LEAST_CATEGORY_CONFIDENCE) return { given, recognised: [] }
      return { given, recognised: best.label === category ? given : readAttributes(attributes, title, best.label) }
    },
  )

const oneHeldOutFold = (source: Source, dir: string): Outcomes =>
  readHeldOut(source, dir, splits(foldsOf(readExamples(dir, source))).slice(0, 1)).outcomes

const asRecognised = (outcome: Outcomes[number]): Outcomes[number] => ({
  ...outcome,
  prediction: { ...outcome.prediction, given: outcome.prediction.recognised },
})

/** As a user gets it: the category recognised, doubtful values left out. */
const asStageGives =
  (table: Calibration) =>
  (outcome: Outcomes[number]): Outcomes[number] => ({
    ...outcome,
    prediction: {
      ...outcome.prediction,
      given: outcome.prediction.recognised.filter(({ score }) => calibrated(table, score) >= LEAST_CONFIDENCE),
    },
  })

const inFold = (outcomes: Outcomes, wanted: number): Outcomes => outcomes.filter(({ fold }) => fold === wanted)

const truths = (outcomes: Outcomes): object[] => outcomes.map(({ example }) => example.truth)

const answers = (outcomes: Outcomes, table: Calibration = []): object[] =>
  outcomes.map(({ example, prediction }) => ({
    id: example.item.id,
    attributes: Object.fromEntries(prediction.given.map(({ name, value }) => [name, value])),
    confidence: Object.fromEntries(prediction.given.map(({ name, score }) => [name, calibrated(table, score)])),
  }))

/** Answers whose truth is known. */
const scoredAnswers = ({ silenceIsNone }: Source, outcomes: Outcomes): ScoredAnswer[] =>
  outcomes.flatMap(({ example: { item, truth }, prediction, fold }) =>
    prediction.given.flatMap(({ name, value, score }) => {
      const values = truth.attributes[name] ?? (silenceIsNone ? [] : undefined)
      return values ? [{ id: item.id, fold, score, right: values.some((one) => one.trim() === value) }] : []
    }),
  )

const learn = (source: Source, dir: string, examples: TitleExample[]): Untabled =>
  learnTitles(readRows<CategorySchema>(dir, `product-attributes/${source.set}-schema.ndjson`), examples, source)

type Untabled = Omit<AttributeModelFile, 'calibration'>

/** A model of titles, still without the table that makes scores chances. */
export function learnTitles(
  categories: CategorySchema[],
  examples: readonly TitleExample[],
  { silenceIsNone, options }: Pick<Source, 'silenceIsNone' | 'options'>,
): Untabled {
  const schema = new Schema(categories)
  const labelled = examples.flatMap((example) => labelTitle(example, schema, silenceIsNone) ?? [])
  const values = countValues(labelled)
  const words = countWords(labelled)
  const memory = { known: new KnownValues(values, schema), words: new WordUses(words, schema) }
  const features = frequentFeatures(labelled, memory)
  const rows = new Map(features.map((name, index) => [name, FIRST_FEATURE_ROW + index]))
  const vocabulary = { ...memory, rows }
  const learner = new SpanLearner(FIRST_FEATURE_ROW + features.length, schema.width, options)
  learner.learnAll(
    labelled.map(({ parts, place, right, own }): SpanExample => ({
      form: titleForm(parts, place, vocabulary, own),
      place,
      right,
    })),
  )
  const decidesBy = silenceIsNone ? ('share' as const) : ('score' as const)
  return { schema: categories, values, words, decidesBy, ...learner.pack(features) }
}

function readExamples(dir: string, { set }: Source): TitleExample[] {
  const rows = readRows<Truth>(dir, `product-attributes/${set}-truth.ndjson`)
  const truths = new Map(rows.map((truth) => [truth.id, truth]))
  return readRows<Item>(dir, `product-attributes/${set}-items.ndjson`).flatMap((item) => {
    const truth = truths.get(item.id)
    return truth ? [{ item, truth, parts: titleParts(item.title) }] : []
  })
}

/** Titles that are the same stay together. */
const foldsOf = (examples: TitleExample[]): TitleExample[][] => makeFolds(examples, { group: ({ item }) => item.title })
