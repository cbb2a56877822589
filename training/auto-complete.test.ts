import assert from 'node:assert/strict'
import { test } from 'node:test'
import { autoComplete, autoCompleteFigure, boundBelow, seenBelow, type Answer } from './auto-complete.ts'
import { isMet } from './report.ts'

test('a fold completes from the confidence on that the other folds show, not from its own', () => {
  const answers = [...fold(0, { wrongBelow: 0.2 }), ...fold(1, { wrongBelow: 0.6 })]

  const { completed, wrong } = autoComplete(answers, seenBelow)

  assert.ok(completed.filter((answer) => answer.fold === 0).every(({ confidence }) => confidence >= 0.59))
  assert.ok(completed.some((answer) => answer.fold === 1 && answer.confidence < 0.25))
  assert.deepEqual(
    wrong,
    completed.filter(({ right }) => !right).map(({ id }) => id),
  )
})

test('answers of another folder set the limit for a folder that is tested once', () => {
  const known = fold(0, { wrongBelow: 0.5, prefix: 'known' })
  const tested = fold(0, { wrongBelow: 0.2 })

  const { completed } = autoComplete(tested, seenBelow, known)

  assert.equal(completed.length, tested.filter(({ confidence }) => confidence >= 0.495).length)
})

test('too few answers show no bound, so nothing completes', () => {
  const answers = [...fold(0, { wrongBelow: 0 }), ...fold(1, { wrongBelow: 0 })]

  assert.equal(autoComplete(answers, boundBelow).completed.length, 0)
  assert.equal(autoComplete(answers, seenBelow).completed.length, answers.length)
})

test('the figure tells share, wrong ones and bound', () => {
  const answers = [0, 1, 2, 3].flatMap((number) => fold(number, { wrongBelow: 0.25 }))

  const figure = autoCompleteFigure({ set: 'set', metric: 'auto-complete at 99 %' }, answers)

  assert.equal(figure.mean, 0.75)
  assert.equal(figure.details?.['wrong'], 0)
  assert.ok(Math.abs((figure.details['upper_bound'] ?? 0) - (1 - 0.05 ** (1 / 600))) < 1e-9)
})

test('a share whose wrong ones are too many does not meet its target', () => {
  const answers = [0, 1, 2, 3].flatMap((number) => fold(number, { wrongBelow: 0.25 }))
  const surprises = answers.map((answer) => ({ ...answer, right: answer.right && answer.confidence !== 0.9 }))

  const figureOf = (tested: readonly Answer[]) =>
    autoCompleteFigure({ set: 'set', metric: 'auto-complete at 99 %', target: 0.5 }, tested, answers)

  assert.deepEqual([isMet(figureOf(answers)), isMet(figureOf(surprises))], [true, false])
})

/** 200 answers of confidence 0 to 1, the wrong ones below a limit. */
function fold(number: number, { wrongBelow, prefix = 'a' }: { wrongBelow: number; prefix?: string }): Answer[] {
  return Array.from({ length: 200 }, (_, index) => ({
    id: `${prefix}${number}-${index}`,
    fold: number,
    confidence: index / 200,
    right: index / 200 >= wrongBelow,
  }))
}
