import { categoryFeatures } from '../services/classification/src/category-features.ts'
import type { LinearModelFile } from '../packages/models/src/index.ts'
import { crossValidateClassifier, fitTemperature, learnClassifier, type ClassifierRecipe } from './classifier.ts'
import { overFolds } from './cross-validate.ts'
import { loadScorer, readSet, type Dirs } from './data.ts'
import { makeFolds, roundsOf, splits } from './folds.ts'
import { ownParts } from './own-parts.ts'
import type { Measured } from './report.ts'

type Example = { item: { id: string; mpn: string; description: string }; truth: { id: string; category: string } }
type Scorer = {
  score(truth: object[], predictions: object[], options: { field: string }): { accuracy: number; macro_f1: number }
}
type Confidence = { curve(rows: { confidence: number; correct: boolean }[]): { ece: number } }

const recipe: ClassifierRecipe<Example> = {
  features: ({ item }) => categoryFeatures(item),
  label: ({ truth }) => truth.category,
  always: ownParts().map((part) => ({ features: categoryFeatures(part), label: part.category })),
  options: { epochs: 40, rate: 0.4, penalty: 1e-5, minCount: 1 },
}

export function learnCategory(dir: string): LinearModelFile {
  const examples = readExamples(dir)
  const { outcomes } = crossValidateClassifier(recipe, splits(foldsOf(examples)))
  return { ...learnClassifier(recipe, examples), temperature: fitTemperature(recipe, outcomes) }
}

export async function evaluateCategory(dirs: Dirs): Promise<Measured> {
  const known = splits(foldsOf(readExamples(dirs.train)))
  const temperature = fitTemperature(recipe, crossValidateClassifier(recipe, known).outcomes)
  const rounds = await roundsOf(dirs, readExamples, foldsOf)
  const { outcomes, itemsPerSecond } = crossValidateClassifier(recipe, rounds, temperature)
  const { score } = await loadScorer<Scorer>(dirs.train, 'classify')
  const { curve } = await loadScorer<Confidence>(dirs.train, 'confidence')
  const guesses = outcomes.map(({ example, prediction }) => ({
    id: example.item.id,
    category: prediction.label,
    confidence: prediction.probability,
  }))
  const right = outcomes.map(({ example, prediction }) => ({
    confidence: prediction.probability,
    correct: prediction.label === example.truth.category,
  }))
  const { macro_f1 } = score(
    outcomes.map(({ example }) => example.truth),
    guesses,
    { field: 'category' },
  )
  const accuracy = overFolds(
    outcomes,
    (fold) =>
      fold.filter(({ example, prediction }) => prediction.label === example.truth.category).length / fold.length,
  )
  const figures = [
    {
      set: 'parts-digikey',
      metric: 'category accuracy',
      floor: 0.96,
      target: 0.98,
      mean: accuracy.mean,
      deviation: accuracy.deviation,
      items: outcomes.length,
      itemsPerSecond,
      details: { macro_f1, ece: curve(right).ece, temperature },
    },
  ]
  return { figures, predictions: { 'parts-digikey-category': guesses } }
}

const readExamples = (dir: string): Example[] => readSet<Example['item'], Example['truth']>(dir, 'parts-digikey')

/** One description stands for many parts of a series: a series stays together. */
const foldsOf = (examples: Example[]): Example[][] => makeFolds(examples, { group: ({ item }) => item.description })
