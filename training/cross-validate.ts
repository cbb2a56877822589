import type { Round } from './folds.ts'

export type Outcome<T, Prediction> = { example: T; prediction: Prediction; fold: number }

/** Every tested example predicted by a model that has not seen its fold, with the time that predicting took. */
export function crossValidate<T, Model, Prediction>(
  rounds: readonly Round<T>[],
  learn: (examples: T[]) => Model,
  predict: (model: Model, example: T) => Prediction,
): { outcomes: Outcome<T, Prediction>[]; itemsPerSecond: number } {
  const outcomes: Outcome<T, Prediction>[] = []
  let predictMs = 0
  rounds.forEach(({ train, test }, fold) => {
    const model = learn(train)
    const started = performance.now()
    for (const example of test) outcomes.push({ example, prediction: predict(model, example), fold })
    predictMs += performance.now() - started
    process.stderr.write(`  fold ${fold + 1} of ${rounds.length}\n`)
  })
  return { outcomes, itemsPerSecond: Math.round((outcomes.length / predictMs) * 1000) }
}

/** Mean and standard deviation of a measure over the folds. */
export function overFolds<T, Prediction>(
  outcomes: readonly Outcome<T, Prediction>[],
  measure: (fold: Outcome<T, Prediction>[]) => number,
): { mean: number; deviation: number } {
  const values = Object.values(Object.groupBy(outcomes, ({ fold }) => fold)).map((fold) => measure(fold ?? []))
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: Math.sqrt(squares / Math.max(values.length - 1, 1)) }
}
