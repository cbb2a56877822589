import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TreeModel, type Tree } from './tree-model.ts'

/** Adds 2 where `warm` is above 0.5 and `far` at most 3, -1 where it is above, -2 where it is not warm. */
const TREE: Tree = { feature: [0, -1, 1, -1, -1], value: [0.5, -2, 3, 2, -1], right: [2, 0, 4, 0, 0] }

const sums: [features: Record<string, number>, sum: number][] = [
  [{ warm: 0, far: 1 }, -2],
  [{ warm: 0.5, far: 9 }, -2],
  [{ warm: 1, far: 3 }, 2],
  [{ warm: 1, far: 4 }, -1],
  [{ far: 4 }, -2],
  [{ warm: 1 }, 2],
]

for (const [features, sum] of sums) {
  test(`${JSON.stringify(features)} adds ${sum} a tree`, () => {
    const model = new TreeModel({ features: ['warm', 'far'], bias: 0.25, trees: [TREE, TREE] })

    const chance = model.predict(features)

    assert.ok(Math.abs(chance - 1 / (1 + Math.exp(-(0.25 + 2 * sum)))) < 1e-12)
  })
}
