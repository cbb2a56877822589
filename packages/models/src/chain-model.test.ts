import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ChainModel, type ChainModelFile } from './chain-model.ts'

const FILE: ChainModelFile = {
  labels: ['apple', 'pear'],
  prior: [1, 1],
  weights: { start: 1 },
  contexts: { 'start:a': [0, 8, 1, 2], 'start:ab': [1, 3] },
  temperature: 1,
}

test('a longer context that was seen outweighs a shorter one', () => {
  const model = new ChainModel(FILE)

  assert.equal(model.predict({ start: ['a', 'ax'] })[0]?.label, 'apple')
  assert.equal(model.predict({ start: ['a', 'ab', 'abc'] })[0]?.label, 'pear')
})

test('what was never seen leaves the labels as common as they are', () => {
  const scores = new ChainModel({ ...FILE, prior: [3, 1] }).predict({ start: ['z'], unknown: ['a'] })

  assert.equal(scores[0]?.label, 'apple')
  assert.ok(Math.abs(scores[0].probability - 0.75) < 1e-9)
})

test('probabilities sum to one', () => {
  const scores = new ChainModel(FILE).predict({ start: ['a', 'ab'] })

  assert.ok(Math.abs(scores.reduce((sum, { probability }) => sum + probability, 0) - 1) < 1e-9)
})
