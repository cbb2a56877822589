import { LinearModel, type LinearModelFile } from '../packages/models/src/index.ts'
import { crossValidate, type Outcome } from './cross-validate.ts'
import type { Round } from './folds.ts'
import { trainSoftmax, type Example, type SoftmaxOptions } from './softmax.ts'

/** One way to turn examples of a kind into a classifier, for cross-validation and for the shipped model alike. */
export type ClassifierRecipe<T> = {
  features: (example: T) => Map<string, number>
  label: (example: T) => string
  /** Examples that are always trained on and never measured. */
  always: Example[]
  options: SoftmaxOptions
  /** Leaves out training examples that teach nothing true. */
  clean?: (examples: T[]) => T[]
}

export type Guess = { label: string; probability: number; scores: { label: string; probability: number }[] }

export function learnClassifier<T>(recipe: ClassifierRecipe<T>, examples: T[]): LinearModelFile {
  const kept = recipe.clean?.(examples) ?? examples
  const labelled = kept.map((example) => ({ features: recipe.features(example), label: recipe.label(example) }))
  return trainSoftmax([...labelled, ...recipe.always], recipe.options)
}

export function crossValidateClassifier<T>(recipe: ClassifierRecipe<T>, rounds: Round<T>[], temperature = 1) {
  return crossValidate(
    rounds,
    (train) => new LinearModel({ ...learnClassifier(recipe, train), temperature }),
    (model, example): Guess => {
      const scores = model.predict(recipe.features(example))
      return { ...scores[0]!, scores }
    },
  )
}

/**
 * The temperature that makes held-out probabilities most likely (Guo et al. 2017, "On Calibration of Modern Neural
 * Networks"), from guesses made at temperature 1.
 */
export function fitTemperature<T>(recipe: ClassifierRecipe<T>, outcomes: Outcome<T, Guess>[]): number {
  const candidates = Array.from({ length: 46 }, (_, index) => 0.1 + index * 0.04)
  const loss = (temperature: number): number =>
    outcomes.reduce((sum, { example, prediction }) => sum + logLoss(prediction, recipe.label(example), temperature), 0)
  return candidates.reduce((best, candidate) => (loss(candidate) < loss(best) ? candidate : best))
}

function logLoss({ scores }: Guess, truth: string, temperature: number): number {
  const powers = scores.map(({ label, probability }) => ({
    label,
    power: Math.max(probability, 1e-12) ** (1 / temperature),
  }))
  const total = powers.reduce((sum, { power }) => sum + power, 0)
  const right = powers.find(({ label }) => label === truth)?.power ?? 1e-12
  return -Math.log(Math.max(right / total, 1e-6))
}
