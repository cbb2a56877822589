import { LinearModel, type LinearModelFile, type Scores } from '../packages/models/src/index.ts'
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
export function fitTemperature<T>(recipe: Pick<ClassifierRecipe<T>, 'label'>, outcomes: Outcome<T, Guess>[]): number {
  const guesses = outcomes.map(({ example, prediction }) => logsOf(prediction, recipe.label(example)))
  const losses = Array.from({ length: 46 }, (_, index) => {
    const temperature = 0.1 + index * 0.04
    return { temperature, loss: guesses.reduce((sum, guess) => sum + logLoss(guess, temperature), 0) }
  })
  return losses.reduce((best, other) => (other.loss < best.loss ? other : best)).temperature
}

/** The scores as a model of that temperature gives them, from those at temperature 1. */
export function tempered(scores: Scores, temperature: number): Scores {
  const powers = scores.map(({ probability }) => Math.max(probability, 1e-12) ** (1 / temperature))
  const total = powers.reduce((sum, power) => sum + power, 0)
  return scores.map(({ label }, index) => ({ label, probability: powers[index]! / total }))
}

/** The logarithms of the probabilities, and which of them is that of the true label. */
type Logs = { logs: Float64Array; truth: number }

const logsOf = ({ scores }: Guess, truth: string): Logs => ({
  logs: Float64Array.from(scores, ({ probability }) => Math.log(Math.max(probability, 1e-12))),
  truth: scores.findIndex(({ label }) => label === truth),
})

function logLoss({ logs, truth }: Logs, temperature: number): number {
  let total = 0
  for (const log of logs) total += Math.exp(log / temperature)
  const right = Math.exp((logs[truth] ?? Math.log(1e-12)) / temperature) / total
  return -Math.log(Math.max(right, 1e-6))
}
