import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { LinearModel } from '../packages/models/src/index.ts'
import { evaluateCategory } from './category.ts'
import { dataDir } from './data.ts'
import { evaluateEn16931Rules } from './en16931-rules.ts'
import { makeFolds, splits } from './folds.ts'
import { evaluateInvoice } from './invoice.ts'
import { fitCalibration } from './isotonic.ts'
import { evaluateKind } from './kind.ts'
import { evaluateProductPage } from './product-page.ts'
import { evaluateReceipt } from './receipt.ts'
import type { Figure } from './report.ts'
import { trainSoftmax } from './softmax.ts'

test('examples of a group share a fold, and every example is tested once', () => {
  const examples = Array.from({ length: 100 }, (_, index) => ({ id: index, group: `g${index % 17}` }))

  const folds = makeFolds(examples, { group: ({ group }) => group })

  assert.deepEqual(
    folds
      .flat()
      .map(({ id }) => id)
      .sort((a, b) => a - b),
    examples.map(({ id }) => id),
  )
  for (const { train, test: held } of splits(folds)) {
    const seen = new Set(train.map(({ group }) => group))
    assert.ok(held.every(({ group }) => !seen.has(group)))
  }
})

test('a classifier learns what parts two labels, and its probabilities sum to one', () => {
  const model = new LinearModel(trainSoftmax(EXAMPLES))

  const scores = model.predict(new Map([['red', 1]]))

  assert.equal(scores[0]?.label, 'warm')
  assert.ok(scores[0].probability > 0.9)
  assert.ok(Math.abs(scores.reduce((sum, { probability }) => sum + probability, 0) - 1) < 1e-9)
})

test('the same examples and seed give the same model', () => {
  assert.deepEqual(trainSoftmax(EXAMPLES, { seed: 4 }), trainSoftmax(EXAMPLES, { seed: 4 }))
})

test('calibration rises with the score and never promises certainty', () => {
  const outcomes = Array.from({ length: 200 }, (_, index) => ({ score: index / 200, right: index % 10 < index / 20 }))

  const chances = fitCalibration(outcomes).map(([, chance]) => chance)

  assert.deepEqual(
    chances,
    [...chances].sort((a, b) => a - b),
  )
  assert.ok(chances.every((chance) => chance > 0 && chance < 1))
})

const EXAMPLES = Array.from({ length: 40 }, (_, index) => ({
  label: index % 2 === 0 ? 'warm' : 'cold',
  features: new Map([
    [index % 2 === 0 ? 'red' : 'blue', 1],
    [`noise${index % 5}`, 0.3],
  ]),
}))

const dir = process.env['STAGELINE_DATA_DIR'] ?? join(import.meta.dirname, '../../shared/data')
const missing = existsSync(dir) ? false : `no development data at ${dir}: set STAGELINE_DATA_DIR`
if (missing) console.warn(`SKIPPED: the measured floors of the models, ${missing}`)

const EVALUATIONS = [
  evaluateKind,
  evaluateCategory,
  evaluateReceipt,
  evaluateInvoice,
  evaluateProductPage,
  evaluateEn16931Rules,
]
for (const evaluate of EVALUATIONS) {
  test(`${evaluate.name} stays above its floors`, { skip: missing }, async () => {
    const { figures } = await evaluate({ train: dataDir(), test: dataDir() })

    for (const figure of figures) assert.ok(figure.mean >= (figure.floor ?? 0), describe(figure))
  })
}

const describe = ({ set, metric, mean, floor }: Figure): string => `${set} ${metric}: ${mean}, floor ${floor}`
