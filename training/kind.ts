import { kindFeatures } from '../services/classification/src/kind-features.ts'
import { withDoubt, type Ceilings, type KindModelFile } from '../services/classification/src/kind-model.ts'
import { autoCompleteFigure, type Answer } from './auto-complete.ts'
import {
  crossValidateClassifier,
  fitTemperature,
  learnClassifier,
  tempered,
  type ClassifierRecipe,
  type Guess,
} from './classifier.ts'
import { loadScorer, readRows, readSet, type Dirs } from './data.ts'
import { overFolds, type Outcome } from './cross-validate.ts'
import { makeFolds, splits, type Round } from './folds.ts'
import { ownDocuments } from './own-documents.ts'
import type { Measured } from './report.ts'

type Example = {
  item: { id: string; text: string }
  truth: { id: string; label: string; source: string }
  group: string
}
type Scorer = { score(truth: object[], predictions: object[]): { accuracy: number; macro_f1: number } }
type Confidence = { curve(rows: { confidence: number; correct: boolean }[]): { ece: number } }

/** The set's names for kinds that the service calls otherwise. */
const SERVICE_KIND: Record<string, string> = { article_page: 'other', product_offer: 'product_record' }
const SET_LABEL: Record<string, string> = { other: 'article_page', product_record: 'product_offer' }

const OWN = ownDocuments()

const recipe: ClassifierRecipe<Example> = {
  features: ({ item }) => kindFeatures(item.text),
  label: ({ truth }) => SERVICE_KIND[truth.label] ?? truth.label,
  always: OWN.map(({ text, kind }) => ({ features: kindFeatures(text), label: kind })),
  options: { epochs: 15, rate: 0.3, penalty: 1e-4, minCount: 3 },
  clean: withoutContradictions,
}

export function learnKind(dir: string): KindModelFile {
  const examples = readExamples(dir)
  const { outcomes } = crossValidateClassifier(recipe, splits(foldsOf(examples)))
  return {
    ...learnClassifier(recipe, examples),
    temperature: fitTemperature(recipe, outcomes),
    ceilings: ceilingsOf(examples),
  }
}

export async function evaluateKind(dirs: Dirs): Promise<Measured> {
  const examples = readExamples(dirs.train)
  const rounds = splits(foldsOf(examples))
  const known = crossValidateClassifier(recipe, rounds)
  const emitted = heldOut(known.outcomes, rounds)
  const temperature = fitTemperature(recipe, known.outcomes)
  const tested =
    dirs.train === dirs.test
      ? known
      : crossValidateClassifier(recipe, [{ train: examples, test: readExamples(dirs.test) }])
  const outcomes =
    tested === known ? emitted : tested.outcomes.map((outcome) => asEmitted(outcome, temperature, ceilingsOf(examples)))
  const { score } = await loadScorer<Scorer>(dirs.train, 'classify')
  const { curve } = await loadScorer<Confidence>(dirs.train, 'confidence')
  const truth = outcomes.map(({ example }) => example.truth)
  const guesses = outcomes.map(({ example, prediction }) => ({
    id: example.item.id,
    label: SET_LABEL[prediction.label] ?? prediction.label,
    confidence: prediction.probability,
  }))
  const right = outcomes.map(({ example, prediction }) => ({
    confidence: prediction.probability,
    correct: prediction.label === recipe.label(example),
  }))
  const accuracy = overFolds(
    outcomes,
    (fold) => fold.filter(({ example, prediction }) => prediction.label === recipe.label(example)).length / fold.length,
  )
  const details = {
    macro_f1: score(truth, guesses).macro_f1,
    accuracy_all: score(truth, guesses).accuracy,
    ece: curve(right).ece,
    temperature,
  }
  const figures = [
    {
      set: 'doctype',
      metric: 'accuracy',
      floor: 0.96,
      baseline: 0.821,
      target: 0.98,
      mean: accuracy.mean,
      deviation: accuracy.deviation,
      items: outcomes.length,
      itemsPerSecond: tested.itemsPerSecond,
      details,
    },
    autoCompleteFigure(
      { set: 'doctype', metric: 'auto-complete at 99 %', target: 0.85, floor: 0.85 },
      outcomes.map(answerOf),
      emitted.map(answerOf),
    ),
  ]
  return { figures, predictions: { doctype: guesses } }
}

type Tested = Outcome<Example, Guess>

/** Every outcome as the stage would give it, at the temperature that the other folds call for. */
function heldOut(outcomes: Tested[], rounds: Round<Example>[]): Tested[] {
  return rounds.flatMap(({ train }, fold) => {
    const others = outcomes.filter((other) => other.fold !== fold)
    const [temperature, ceilings] = [fitTemperature(recipe, others), ceilingsOf(train)]
    return outcomes
      .filter((outcome) => outcome.fold === fold)
      .map((outcome) => asEmitted(outcome, temperature, ceilings))
  })
}

function asEmitted(outcome: Tested, temperature: number, ceilings: Ceilings): Tested {
  const { text } = outcome.example.item
  const scores = withDoubt(tempered(outcome.prediction.scores, temperature), text, ceilings).map(
    ({ label, probability }) => ({ label, probability: Number(probability.toFixed(4)) }),
  )
  return { ...outcome, prediction: { ...scores[0]!, scores } }
}

/**
 * What so many documents can show: half a case of doubt in them and one more, as in `fitCalibration`. Composed ones
 * teach words, but hardly what real ones look like.
 */
function ceilingsOf(examples: readonly Example[]): Ceilings {
  const labels = [...examples.map(recipe.label), ...OWN.map(({ kind }) => kind)]
  return Object.fromEntries(
    [...new Set(labels)].sort().map((label) => {
      const real = examples.filter((example) => recipe.label(example) === label).length
      const seen = real + OWN_WORTH * OWN.filter(({ kind }) => kind === label).length
      return [label, Number(((seen + 0.5) / (seen + 1)).toFixed(4))]
    }),
  )
}

const OWN_WORTH = 0.1

const answerOf = ({ example, prediction, fold }: Tested): Answer => ({
  id: example.item.id,
  fold,
  confidence: prediction.probability,
  right: prediction.label === recipe.label(example),
})

/** The same text under two labels (their difference was in attached data) teaches the more frequent one only. */
function withoutContradictions(examples: Example[]): Example[] {
  const text = ({ item }: Example): string => item.text.replace(/\s+/g, ' ')
  const twins = Object.groupBy(examples, text)
  return examples.filter((example) => {
    const labels = (twins[text(example)] ?? []).map((twin) => recipe.label(twin))
    const count = (label: string): number => labels.filter((other) => other === label).length
    return labels.every((label) => count(label) <= count(recipe.label(example)))
  })
}

const foldsOf = (examples: Example[]): Example[][] => makeFolds(examples, { group: ({ group }) => group })

/** Documents of one scenario, shop or vendor stay together. */
function readExamples(dir: string): Example[] {
  const groups = new Map<string, string>([
    ...readRows<{ id: string; family: string }>(dir, 'einvoice/items.ndjson').map((row): [string, string] => [
      `einvoice:${row.id}`,
      row.family,
    ]),
    ...readRows<{ id: string; url: string }>(dir, 'product-pages/items.ndjson').map((row): [string, string] => [
      `product-pages:${row.id}`,
      new URL(row.url).host,
    ]),
    ...readRows<{ id: string; company: string }>(dir, 'sroie/truth.ndjson').map((row): [string, string] => [
      `sroie:${row.id}`,
      row.company,
    ]),
  ])
  return readSet<Example['item'], Example['truth']>(dir, 'doctype').map(({ item, truth }) => ({
    item,
    truth,
    group: groups.get(truth.source) ?? item.id,
  }))
}
