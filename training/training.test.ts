import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LinearModel, TreeModel } from '../packages/models/src/index.ts'
import { shares } from '../services/extraction/src/product/choose-candidate.ts'
import type { ProductCandidate } from '../services/extraction/src/product/price-candidates.ts'
import { trainTrees } from './boosting.ts'
import { makeFolds, splits } from './folds.ts'
import { fitCalibration } from './isotonic.ts'
import { createRandom } from './random.ts'
import { trainRanker } from './ranker.ts'
import { trainSoftmax } from './softmax.ts'
import { trigramCatalog } from './trigram-catalog.ts'

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

test('trees learn what no single feature tells, and what counts more', () => {
  const random = createRandom(2)
  const points = Array.from({ length: 600 }, () => ({ x: random(), y: random() }))
  const examples = points.map(({ x, y }) => ({ features: { x, y }, yes: x > 0.5 !== y > 0.5 }))

  const options = { trees: 60, rate: 0.3, columns: 1, minLeaf: 1 }
  const model = new TreeModel(trainTrees(examples, options))
  const coins = Array.from({ length: 200 }, (_, index) => ({
    features: { x: 0.5, y: 0.5 },
    yes: index % 2 === 0,
    weight: index % 2 === 0 ? 3 : 1,
  }))
  const heavier = new TreeModel(trainTrees(coins, options))

  const right = examples.filter(({ features, yes }) => model.predict(features) > 0.5 === yes)
  assert.ok(right.length / examples.length > 0.95)
  assert.ok(Math.abs(heavier.predict({ x: 0.5, y: 0.5 }) - 0.75) < 0.03)
  assert.deepEqual(trainTrees(examples, options), trainTrees(examples, options))
})

test('a catalogue in memory finds keys, their beginnings and names as Postgres does', async () => {
  const item = (key: string, name: string) => ({ kind: 'part' as const, key, name, attributes: {} })
  const catalog = trigramCatalog([item('XQ-100', 'Resistor 100 ohm'), item('XQ-1001', 'Resistor 1 kiloohm')])
  const found = async (query: { key?: string; name?: string; minSimilarity?: number }) =>
    (await catalog.find({ kind: 'part', ...query })).map(({ key, method, similarity }) => [key, method, similarity])

  assert.deepEqual((await found({ key: 'xq 10 01' }))[0], ['XQ-1001', 'exact', 1])
  assert.deepEqual(
    (await found({ key: 'XQ100' })).map(([key, method]) => [key, method]),
    [
      ['XQ-100', 'exact'],
      ['XQ-1001', 'prefix'],
    ],
  )
  assert.deepEqual(await found({ name: 'resistors 100', minSimilarity: 0.5 }), [['XQ-100', 'trigram', 12 / 19]])
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

test('a ranker learns what tells the right candidate, and when none is right', () => {
  const option = (name: string, isRight: boolean) => ({ features: new Map([[name, 1]]), isRight })
  const choices = Array.from({ length: 20 }, (_, index) => ({
    candidates:
      index % 4 === 0
        ? [option('dull', false)]
        : [option('dull', false), option('bright', true), option('dull', false)],
  }))

  const scorer = new LinearModel(trainRanker(choices))

  const ranked = (names: string[]) =>
    shares(
      names.map((name) => candidateOf(name)),
      scorer,
    )
  assert.equal(ranked(['dull', 'bright'])[0]?.candidate.value, 'bright')
  assert.ok(ranked(['dull', 'bright'])[0]!.share > 0.8)
  assert.ok(ranked(['dull'])[0]!.share < 0.2)
})

const candidateOf = (name: string): ProductCandidate => ({
  value: name,
  printed: name,
  source: { method: 'text' },
  features: new Map([[name, 1]]),
})

const EXAMPLES = Array.from({ length: 40 }, (_, index) => ({
  label: index % 2 === 0 ? 'warm' : 'cold',
  features: new Map([
    [index % 2 === 0 ? 'red' : 'blue', 1],
    [`noise${index % 5}`, 0.3],
  ]),
}))
