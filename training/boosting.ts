import type { Tree, TreeModelFile } from '../packages/models/src/index.ts'
import { createRandom, type Random } from './random.ts'

export type Labelled = { features: Readonly<Record<string, number>>; yes: boolean; weight?: number }

export type BoostingOptions = {
  trees?: number
  depth?: number
  rate?: number
  /** Smallest sum of second derivatives (about four cases a unit) in a leaf. */
  minLeaf?: number
  /** L2 penalty on what a leaf adds. */
  penalty?: number
  /** Share of the examples and of the features that each tree sees. */
  rows?: number
  columns?: number
  seed?: number
}

const BINS = 64

/**
 * Gradient boosted trees for log loss: second-order leaves (Chen and Guestrin 2016, "XGBoost"), splits searched over
 * histograms of quantiles, a share of rows and columns drawn for every tree. The same examples and seed give the same
 * model.
 */
export function trainTrees(examples: readonly Labelled[], options: BoostingOptions = {}): TreeModelFile {
  const settings = {
    trees: 200,
    depth: 5,
    rate: 0.06,
    minLeaf: 3,
    penalty: 2,
    rows: 0.7,
    columns: 0.4,
    seed: 1,
    ...options,
  }
  const random = createRandom(settings.seed)
  const names = Object.keys(examples[0]!.features)
  const table = tableOf(examples, names)
  const bias = logOdds(examples)
  const state = { ...table, sums: new Float64Array(examples.length).fill(bias), settings, random }
  const trees = Array.from({ length: settings.trees }, () => addTree(state))
  return { features: names, bias: round(bias), trees }
}

/** The mean of several such models, each with a seed of its own: what one owes to its draw evens out. */
export function trainSeveral(examples: readonly Labelled[], options: BoostingOptions, count: number): TreeModelFile {
  const models = Array.from({ length: count }, (_, index) => trainTrees(examples, { ...options, seed: index + 1 }))
  const share = ({ feature, value, right }: Tree): Tree => ({
    feature,
    value: value.map((one, node) => (feature[node]! < 0 ? round(one / count) : one)),
    right,
  })
  const [first] = models
  return { ...first!, trees: models.flatMap(({ trees }) => trees.map(share)) }
}

type Table = { columns: Column[]; labels: Uint8Array; weights: Float64Array }
type Column = { bins: Uint8Array; edges: number[] }
type State = Table & { sums: Float64Array; settings: Required<BoostingOptions>; random: Random }
type Derivatives = { gradient: Float64Array; curvature: Float64Array }

function tableOf(examples: readonly Labelled[], names: string[]): Table {
  return {
    columns: names.map((name) => columnOf(Float64Array.from(examples, ({ features }) => features[name] ?? -1))),
    labels: Uint8Array.from(examples, ({ yes }) => (yes ? 1 : 0)),
    weights: Float64Array.from(examples, ({ weight }) => weight ?? 1),
  }
}

function columnOf(values: Float64Array): Column {
  const sorted = values.toSorted()
  const cuts = Array.from({ length: BINS - 1 }, (_, index) => sorted[Math.floor(((index + 1) * sorted.length) / BINS)]!)
  const edges = [...new Set(cuts.map(round))].sort((a, b) => a - b)
  return { edges, bins: Uint8Array.from(values, (value) => binOf(edges, value)) }
}

/** Index of the first edge that the value does not exceed. */
function binOf(edges: number[], value: number): number {
  let [low, high] = [0, edges.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (value <= edges[middle]!) high = middle
    else low = middle + 1
  }
  return low
}

function logOdds(examples: readonly Labelled[]): number {
  const weigh = (some: readonly Labelled[]) => some.reduce((sum, { weight }) => sum + (weight ?? 1), 0)
  const yes = weigh(examples.filter((example) => example.yes))
  return Math.log((yes + 1) / (weigh(examples) - yes + 1))
}

function addTree(state: State): Tree {
  const { sums, labels, weights, settings, random } = state
  const derivatives = { gradient: new Float64Array(sums.length), curvature: new Float64Array(sums.length) }
  for (let row = 0; row < sums.length; row += 1) {
    const chance = 1 / (1 + Math.exp(-sums[row]!))
    derivatives.gradient[row] = (chance - labels[row]!) * weights[row]!
    derivatives.curvature[row] = chance * (1 - chance) * weights[row]!
  }
  const tree: Tree = { feature: [], value: [], right: [] }
  const all = state.columns.map((_, index) => index)
  const columns = all.filter(() => random() < settings.columns)
  const rows = Int32Array.from(sums.keys()).filter(() => random() < settings.rows)
  grow({ ...state, ...derivatives, tree, columnsInUse: columns.length > 0 ? columns : all }, rows, settings.depth)
  addLeaves(state, tree)
  return tree
}

type Growing = State & Derivatives & { tree: Tree; columnsInUse: number[] }

function grow(growing: Growing, rows: Int32Array, depth: number): void {
  const { tree, columns, settings } = growing
  const node = tree.feature.length
  const split = depth > 0 ? bestSplit(growing, rows) : undefined
  if (!split) {
    const { gradient, curvature } = totals(growing, rows)
    const value = round((-settings.rate * gradient) / (curvature + settings.penalty))
    tree.feature.push(-1)
    tree.value.push(value)
    tree.right.push(0)
    return
  }
  const { bins, edges } = columns[split.column]!
  tree.feature.push(split.column)
  tree.value.push(edges[split.bin]!)
  tree.right.push(0)
  grow(
    growing,
    rows.filter((row) => bins[row]! <= split.bin),
    depth - 1,
  )
  tree.right[node] = tree.feature.length
  grow(
    growing,
    rows.filter((row) => bins[row]! > split.bin),
    depth - 1,
  )
}

type Sums = { gradient: number; curvature: number }

function totals({ gradient, curvature }: Derivatives, rows: Int32Array): Sums {
  const sum = { gradient: 0, curvature: 0 }
  for (let index = 0; index < rows.length; index += 1) {
    sum.gradient += gradient[rows[index]!]!
    sum.curvature += curvature[rows[index]!]!
  }
  return sum
}

type Split = { column: number; bin: number; gain: number }

function bestSplit(growing: Growing, rows: Int32Array): Split | undefined {
  const total = totals(growing, rows)
  if (total.curvature < 2 * growing.settings.minLeaf) return undefined
  let best: Split | undefined
  for (const column of growing.columnsInUse) {
    fillHistogram(growing, growing.columns[column]!.bins, rows)
    const split = splitOf(growing, column, total)
    if (split && split.gain > (best?.gain ?? 1e-6)) best = split
  }
  return best
}

/** Sums by bin of the column at hand; filled anew for every column and node. */
const gradients = new Float64Array(BINS)
const curvatures = new Float64Array(BINS)

function fillHistogram({ gradient, curvature }: Derivatives, bins: Uint8Array, rows: Int32Array): void {
  gradients.fill(0)
  curvatures.fill(0)
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index]!
    const bin = bins[row]!
    gradients[bin]! += gradient[row]!
    curvatures[bin]! += curvature[row]!
  }
}

function splitOf({ columns, settings }: Growing, column: number, total: Sums): Split | undefined {
  const { minLeaf, penalty } = settings
  const worth = (gradient: number, curvature: number) => (gradient * gradient) / (curvature + penalty)
  const whole = worth(total.gradient, total.curvature)
  let [gradient, curvature] = [0, 0]
  let best: Split | undefined
  for (let bin = 0; bin < columns[column]!.edges.length; bin += 1) {
    gradient += gradients[bin]!
    curvature += curvatures[bin]!
    const rest = total.curvature - curvature
    if (curvature < minLeaf || rest < minLeaf) continue
    const gain = worth(gradient, curvature) + worth(total.gradient - gradient, rest) - whole
    if (gain > (best?.gain ?? 0)) best = { column, bin, gain }
  }
  return best
}

function addLeaves({ sums, columns }: State, { feature, value, right }: Tree): void {
  const splitBins = feature.map((column, node) => (column < 0 ? 0 : columns[column]!.edges.indexOf(value[node]!)))
  for (let row = 0; row < sums.length; row += 1) {
    let node = 0
    while (feature[node]! >= 0) node = columns[feature[node]!]!.bins[row]! <= splitBins[node]! ? node + 1 : right[node]!
    sums[row]! += value[node]!
  }
}

const round = (value: number): number => Number(value.toPrecision(4))
