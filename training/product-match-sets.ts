import { calibrated } from '../packages/models/src/index.ts'
import { ProductMatcher } from '../services/enrichment/src/product-matcher.ts'
import { overFolds, type Outcome } from './cross-validate.ts'
import { loadScorer, type Dirs } from './data.ts'
import {
  MATCH_SETS,
  readAllPairs,
  readCatalogue,
  readMasked,
  readPairs,
  search,
  type MatchSet,
  type Pair,
} from './product-data.ts'
import { learnMatcher, pairCalibration, prepare, type HeldPair } from './product-match.ts'
import type { Figure, Measured } from './report.ts'

type Scorer = { score(truth: object[], guesses: object[]): { f1: number; precision: number; recall: number } }
type Confidence = { curve(rows: { confidence: number; correct: boolean }[]): { ece: number } }
type Judged = Outcome<Pair, number>

/**
 * From this chance on two records are called the same. F1 is highest at half its own height (Lipton et al. 2014,
 * "Optimal Thresholding of Classifiers to Maximize F1").
 */
const SAME_FROM = 0.4

const EXPECTED: Record<MatchSet, Pick<Figure, 'floor' | 'baseline' | 'target' | 'published'>> = {
  'match-abt-buy': {
    floor: 0.85,
    baseline: 0.548,
    target: 0.8,
    published: 'test share: Ditto 89.3, DeepMatcher 62.8, Magellan 43.6',
  },
  'match-amazon-google': {
    floor: 0.66,
    baseline: 0.534,
    target: 0.68,
    published: 'test share: Ditto 75.6, DeepMatcher 69.3, Magellan 49.1',
  },
  'match-walmart-amazon': {
    floor: 0.8,
    baseline: 0.593,
    target: 0.75,
    published: 'test share: Ditto 86.8, DeepMatcher 67.6, Magellan 71.9',
  },
}

export const evaluateAbtBuy = (dirs: Dirs): Promise<Measured> => evaluateSet('match-abt-buy', dirs)
export const evaluateAmazonGoogle = (dirs: Dirs): Promise<Measured> => evaluateSet('match-amazon-google', dirs)
export const evaluateWalmartAmazon = (dirs: Dirs): Promise<Measured> => evaluateSet('match-walmart-amazon', dirs)

async function evaluateSet(set: MatchSet, dirs: Dirs): Promise<Measured> {
  const all = await judged(dirs)
  const { score } = await loadScorer<Scorer>(dirs.train, 'matching')
  const { curve } = await loadScorer<Confidence>(dirs.train, 'confidence')
  const f1 = (outcomes: readonly Judged[]) => {
    const named = outcomes.map(({ example, prediction }, index) => ({
      id: index,
      label: labelOf(prediction),
      yes: example.yes,
    }))
    return score(
      named.map(({ id, yes }) => ({ id, label: Number(yes) })),
      named,
    )
  }
  const tested = all.tested.filter(({ example }) => example.set === set)
  const folds = overFolds(
    all.held.filter(({ example }) => example.set === set),
    (fold) => f1(fold).f1,
  )
  const measured = f1(tested)
  const sure = tested.map(({ example, prediction }) => ({
    confidence: Math.max(prediction, 1 - prediction),
    correct: example.yes === prediction >= 0.5,
  }))
  const figure = {
    set,
    metric: 'F1 of same',
    ...EXPECTED[set],
    mean: measured.f1,
    deviation: folds.deviation,
    items: tested.length,
    itemsPerSecond: all.itemsPerSecond,
    details: {
      precision: measured.precision,
      recall: measured.recall,
      ece: curve(sure).ece,
      'f1 across folds, half masked': folds.mean,
    },
  }
  const guesses = tested.map(({ example, prediction }) => ({
    id: example.id,
    label: labelOf(prediction),
    confidence: prediction,
  }))
  return { figures: [figure], predictions: { [set]: guesses } }
}

const labelOf = (chance: number): 0 | 1 => (chance >= SAME_FROM ? 1 : 0)

type AllJudged = { tested: Judged[]; held: Judged[]; itemsPerSecond: number }

/** One model is for all sets: it is trained once, whichever of them are asked for. */
const known = new Map<string, Promise<AllJudged>>()

function judged(dirs: Dirs): Promise<AllJudged> {
  const key = `${dirs.train}\n${dirs.test}`
  const result = known.get(key) ?? judgeAll(dirs)
  known.set(key, result)
  return result
}

/** Learns from the training share of all sets, or from both where another folder is tested. */
async function judgeAll(dirs: Dirs): Promise<AllJudged> {
  const isOther = dirs.train !== dirs.test
  const pairs = MATCH_SETS.flatMap((set) => testedPairs(dirs.test, set, isOther ? ['', 'test', 'valid'] : ['valid']))
  const names = new Set(pairs.map(({ left }) => left.name))
  const masked = readMasked(dirs.train).filter(({ record }) => !names.has(record.name))
  const lessons = {
    pairs: readAllPairs(dirs.train, isOther ? ['train', 'valid'] : ['train']),
    searches: await search(masked, readCatalogue(dirs.train)),
  }
  const { matcher: file, pairs: held } = learnMatcher(await prepare(lessons))
  const matcher = new ProductMatcher(file)
  const started = performance.now()
  const tested = pairs.map((example) => ({ example, fold: 0, prediction: matcher.chance(example.left, example.right) }))
  const itemsPerSecond = Math.round((tested.length / (performance.now() - started)) * 1000)
  return { tested, held: calibratedByFold(held), itemsPerSecond }
}

/** The first share that the folder has. */
const testedPairs = (dir: string, set: MatchSet, shares: readonly string[]): Pair[] =>
  shares.map((share) => readPairs(dir, set, share)).find((pairs) => pairs.length > 0) ?? []

/** Chances from tables that were fitted on the other folds. */
function calibratedByFold(held: readonly HeldPair[]): Judged[] {
  const folds = [...new Set(held.map(({ fold }) => fold))]
  return folds.flatMap((fold) => {
    const table = pairCalibration(held.filter((other) => other.fold !== fold))
    return held
      .filter((one) => one.fold === fold)
      .flatMap(({ example, score }) => {
        const judged = { example, fold, prediction: calibrated(table, score) }
        return Array.from({ length: example.weight }, () => judged)
      })
  })
}
