/**
 * Boosted regression trees for a yes-or-no question: every tree adds its leaf, the logistic function of the sum is the
 * chance. A tree is a row of nodes in preorder, so that the left child of a node is the next one.
 */
export type TreeModelFile = {
  features: string[]
  /** Log odds before the first tree. */
  bias: number
  trees: Tree[]
}

export type Tree = {
  /** Index of the feature that the node asks for, -1 in a leaf. */
  feature: number[]
  /** Up to this value to the left; in a leaf what it adds to the log odds. */
  value: number[]
  /** Index of the right child, 0 in a leaf. */
  right: number[]
}

export class TreeModel {
  readonly #file: TreeModelFile

  constructor(file: TreeModelFile) {
    this.#file = file
  }

  /** Chance of a yes. A feature that is missing counts as -1, "not known". */
  predict(features: Readonly<Record<string, number>>): number {
    const values = this.#file.features.map((name) => features[name] ?? -1)
    return logistic(this.#file.trees.reduce((sum, tree) => sum + leafOf(tree, values), this.#file.bias))
  }
}

function leafOf({ feature, value, right }: Tree, values: readonly number[]): number {
  let node = 0
  while (feature[node]! >= 0) node = values[feature[node]!]! <= value[node]! ? node + 1 : right[node]!
  return value[node]!
}

const logistic = (sum: number) => 1 / (1 + Math.exp(-sum))
