import { errorRateBounds } from '../packages/domain/src/error-target.ts'
import { overFolds } from './cross-validate.ts'
import type { Figure } from './report.ts'

/** An answer to one example, how sure it was called, and whether it was right. */
export type Answer = { id: string; fold: number; confidence: number; right: boolean }

/** Whether so many wrong among so many completed are good enough. */
export type Rule = (wrong: number, completed: number) => boolean

/** The share of wrong ones that was seen is at most one in a hundred. */
export const seenBelow: Rule = (wrong, completed) => wrong <= completed / 100

/** The upper bound of the share of wrong ones is at most one in a hundred, as a workflow's error target demands. */
export const boundBelow: Rule = (wrong, completed) =>
  seenBelow(wrong, completed) && errorRateBounds(wrong, completed)[1] <= 0.01

/**
 * What would complete without a person: each fold from the confidence on from which the answers to other examples keep
 * the rule. `known` are the answers that this is learned from: those of the other folds, or of another folder.
 */
export function autoComplete(answers: readonly Answer[], rule: Rule, known: readonly Answer[] = answers) {
  const folds = Object.values(Object.groupBy(answers, ({ fold }) => fold)).map((fold) => fold ?? [])
  const completed = folds.flatMap((fold) => {
    const ids = new Set(fold.map(({ id }) => id))
    const limit = limitOf(
      known.filter(({ id }) => !ids.has(id)),
      rule,
    )
    return fold.filter(({ confidence }) => confidence >= limit)
  })
  const wrong = completed.filter(({ right }) => !right).map(({ id }) => id)
  return { completed, wrong, upperBound: errorRateBounds(wrong.length, completed.length)[1] }
}

/** Where the items are too few for a bound: of those that complete, one may be wrong. */
const oneWrong: Rule = (wrong) => wrong <= 1

/** The share that completes as a figure; the wrong ones go to the error output, by id. */
export function autoCompleteFigure(
  about: Pick<Figure, 'set' | 'metric' | 'target' | 'floor'>,
  answers: readonly Answer[],
  known: readonly Answer[] = answers,
  rule: Rule = boundBelow,
): Figure {
  const { completed, wrong, upperBound } = autoComplete(answers, rule, known)
  const ids = new Set(completed.map(({ id }) => id))
  const rows = answers.map((answer) => ({ example: answer, prediction: ids.has(answer.id), fold: answer.fold }))
  const { deviation } = overFolds(rows, (fold) => fold.filter(({ prediction }) => prediction).length / fold.length)
  process.stderr.write(`  ${about.set} ${about.metric}: wrong ${wrong.join(' ') || 'none'}\n`)
  return {
    ...about,
    mean: completed.length / answers.length,
    deviation,
    kept: (rule === seenBelow ? oneWrong : rule)(wrong.length, completed.length),
    items: answers.length,
    details: { completed: completed.length, wrong: wrong.length, upper_bound: upperBound },
  }
}

/** The lowest confidence from which on the rule is kept; more than any where it never is. */
function limitOf(answers: readonly Answer[], rule: Rule): number {
  let wrong = 0
  let limit = Infinity
  const sorted = answers.toSorted((a, b) => b.confidence - a.confidence)
  sorted.forEach(({ confidence, right }, index) => {
    if (!right) wrong += 1
    if (sorted[index + 1]?.confidence !== confidence && rule(wrong, index + 1)) limit = confidence
  })
  return limit
}
