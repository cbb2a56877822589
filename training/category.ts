import { categoryFeatures } from '../services/classification/src/category-features.ts'
import type { LinearModelFile } from '../packages/models/src/index.ts'
import { crossValidateClassifier, fitTemperature, learnClassifier, type ClassifierRecipe } from './classifier.ts'
import { overFolds } from './cross-validate.ts'
import { loadScorer, readSet } from './data.ts'
import { makeFolds } from './folds.ts'
import { ownParts } from './own-parts.ts'
import type { Figure } from './report.ts'

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
  const examples = readSet<Example['item'], Example['truth']>(dir, 'parts-digikey')
  const { outcomes } = crossValidateClassifier(recipe, foldsOf(examples))
  return { ...learnClassifier(recipe, examples), temperature: fitTemperature(recipe, outcomes) }
}

export async function evaluateCategory(dir: string): Promise<Figure[]> {
  const folds = foldsOf(readSet<Example['item'], Example['truth']>(dir, 'parts-digikey'))
  const temperature = fitTemperature(recipe, crossValidateClassifier(recipe, folds).outcomes)
  const { outcomes, itemsPerSecond } = crossValidateClassifier(recipe, folds, temperature)
  const { score } = await loadScorer<Scorer>(dir, 'classify')
  const { curve } = await loadScorer<Confidence>(dir, 'confidence')
  const guesses = outcomes.map(({ example, prediction }) => ({ id: example.item.id, category: prediction.label }))
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
  return [
    {
      set: 'parts-digikey',
      metric: 'category accuracy',
      floor: 0.96,
      mean: accuracy.mean,
      deviation: accuracy.deviation,
      items: outcomes.length,
      itemsPerSecond,
      details: { macro_f1, ece: curve(right).ece, temperature },
    },
  ]
}

/** One description stands for many parts of a series: a series stays together. */
const foldsOf = (examples: Example[]): Example[][] => makeFolds(examples, { group: ({ item }) => item.description })
