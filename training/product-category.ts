import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { LinearModel, type LinearModelFile } from '../packages/models/src/index.ts'
import { NO_CATEGORY } from '../services/classification/src/classify-product.ts'
import { titleFeatures } from '../services/classification/src/title-features.ts'
import { crossValidateClassifier, fitTemperature, learnClassifier, type ClassifierRecipe } from './classifier.ts'
import { overFolds } from './cross-validate.ts'
import { loadScorer, readRows, type Dirs } from './data.ts'
import { makeFolds, roundsOf, splits } from './folds.ts'
import type { Measured } from './report.ts'

export type Titled = { id: string; title: string; category: string }
type Confidence = { curve(rows: { confidence: number; correct: boolean }[]): { ece: number } }

const KNOWN = ['oa-mine', 'ae-110k']
/** Products of other kinds, so that the model knows what it does not know. */
const OTHERS = ['match-abt-buy', 'match-amazon-google', 'match-walmart-amazon']
const OTHERS_A_SET = 300

const recipe: ClassifierRecipe<Titled> = {
  features: ({ title }) => titleFeatures(title),
  label: ({ category }) => category,
  always: [],
  options: { epochs: 10, rate: 0.4, penalty: 1e-5, minCount: 3 },
}

export function learnProductCategory(dir: string): LinearModelFile {
  const examples = readTitles(dir)
  const { outcomes } = crossValidateClassifier(recipe, splits(foldsOf(examples)).slice(0, 1))
  return { ...learnClassifier(recipe, examples), temperature: fitTemperature(recipe, outcomes) }
}

export async function evaluateProductCategory(dirs: Dirs): Promise<Measured> {
  const rounds = await roundsOf(dirs, readTitles, foldsOf)
  const { outcomes, itemsPerSecond } = crossValidateClassifier(recipe, rounds)
  const right = outcomes.map(({ example, prediction }) => ({
    confidence: prediction.probability,
    correct: prediction.label === example.category,
  }))
  const known = outcomes.filter(({ example }) => example.category !== NO_CATEGORY)
  const others = outcomes.filter(({ example }) => example.category === NO_CATEGORY)
  const accuracy = overFolds(known, (fold) =>
    share(fold, ({ example, prediction }) => prediction.label === example.category),
  )
  const { curve } = await loadScorer<Confidence>(dirs.train, 'confidence')
  const details = {
    ece: curve(right).ece,
    others_taken: share(others, ({ prediction }) => prediction.label !== NO_CATEGORY),
  }
  const figure = {
    set: 'product-titles',
    metric: 'category accuracy',
    floor: 0.9,
    mean: accuracy.mean,
    deviation: accuracy.deviation,
    items: known.length,
    itemsPerSecond,
    details,
  }
  return { figures: [figure], predictions: {} }
}

/** A classifier of titles that has learned from these, from the other sets of titles, and from products of other kinds. */
export function learnFromTitles(dir: string, set: string, titles: Titled[]): LinearModel {
  const beside = readTitles(dir).filter(({ from }) => from !== set)
  return new LinearModel(learnClassifier(recipe, [...titles, ...beside]))
}

const share = <T>(some: readonly T[], holds: (one: T) => boolean): number =>
  some.filter(holds).length / Math.max(some.length, 1)

const readTitles = (dir: string): (Titled & { from: string })[] => [
  ...KNOWN.flatMap((set) => knownTitles(dir, set)),
  ...OTHERS.flatMap((set) => otherTitles(dir, set)),
]

const knownTitles = (dir: string, from: string) =>
  readRows<Titled>(dir, `product-attributes/${from}-items.ndjson`).map((item) => ({ ...item, from }))

type Pair = { id: string; left: { title?: string; name?: string } }

/** Folders to be tested on need not have them. */
function otherTitles(dir: string, set: string): (Titled & { from: string })[] {
  const file = `${set}/train-items.ndjson`
  if (!existsSync(join(dir, file))) return []
  const titles = new Set(readRows<Pair>(dir, file).map(({ left }) => left.title ?? left.name ?? ''))
  return [...titles]
    .slice(0, OTHERS_A_SET)
    .map((title, at) => ({ id: `${set}-${at}`, title, category: NO_CATEGORY, from: set }))
}

const foldsOf = (examples: Titled[]): Titled[][] => makeFolds(examples, { group: ({ title }) => title })
