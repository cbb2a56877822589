import { ChainModel, type ChainModelFile } from '../packages/models/src/index.ts'
import { makerChains } from '../services/enrichment/src/maker-chains.ts'
import { catalogMakers } from './catalog-makers.ts'
import { trainChains, type ChainExample } from './chains.ts'
import { fitTemperature, type Guess } from './classifier.ts'
import { crossValidate, overFolds, type Outcome } from './cross-validate.ts'
import { loadScorer, readSet, type Dirs } from './data.ts'
import { makeFolds, roundsOf, splits, type Round } from './folds.ts'
import { ownMakers } from './own-makers.ts'
import type { Measured } from './report.ts'

type Example = {
  item: { id: string; mpn: string; description: string }
  truth: { id: string; manufacturer: string }
}
type Confidence = { curve(rows: { confidence: number; correct: boolean }[]): { ece: number } }

/** How much each chain counts. */
const WEIGHTS = { start: 1, end: 0.6, form: 0.4, words: 0.4 }

export function learnManufacturer(dir: string): ChainModelFile {
  const [examples, known] = [readExamples(dir), knownMakers(dir)]
  return { ...learn(examples, known), temperature: temperatureOf(validate(splits(foldsOf(examples)), known).outcomes) }
}

export async function evaluateManufacturer(dirs: Dirs): Promise<Measured> {
  const known = knownMakers(dirs.train)
  const temperature = temperatureOf(validate(splits(foldsOf(readExamples(dirs.train))), known).outcomes)
  const rounds = await roundsOf(dirs, readExamples, foldsOf)
  const { outcomes, itemsPerSecond } = validate(rounds, known, temperature)
  const { curve } = await loadScorer<Confidence>(dirs.train, 'confidence')
  const { mean, deviation } = overFolds(outcomes, (fold) => fold.filter(isRight).length / fold.length)
  const likely = outcomes.filter(({ prediction }) => prediction.probability >= 0.5)
  const rows = outcomes.map((outcome) => ({ confidence: outcome.prediction.probability, correct: isRight(outcome) }))
  const figures = [
    {
      set: 'parts-digikey',
      metric: 'manufacturer accuracy, by model alone',
      floor: 0.88,
      baseline: 0.577,
      target: 0.9,
      mean,
      deviation,
      items: outcomes.length,
      itemsPerSecond,
      details: {
        filled: likely.length / outcomes.length,
        filled_right: likely.filter(isRight).length / Math.max(likely.length, 1),
        ece: curve(rows).ece,
        temperature,
      },
    },
  ]
  const guesses = outcomes.map(({ example, prediction }) => ({
    id: example.item.id,
    manufacturer: prediction.label,
    confidence: prediction.probability,
  }))
  return { figures, predictions: { 'parts-digikey-manufacturer': guesses } }
}

const validate = (rounds: Round<Example>[], known: ChainExample[], temperature = 1) =>
  crossValidate(
    rounds,
    (train) => new ChainModel({ ...learn(train, known), temperature }),
    (model, { item }): Guess => {
      const scores = model.predict(makerChains(item.mpn, item.description))
      return { ...scores[0]!, scores }
    },
  )

const learn = (examples: Example[], known: ChainExample[]): ChainModelFile =>
  trainChains(
    [
      ...examples.map(({ item, truth }) => ({
        label: truth.manufacturer,
        chains: makerChains(item.mpn, item.description),
        weight: 1,
      })),
      ...known,
    ],
    WEIGHTS,
  )

const temperatureOf = (outcomes: Outcome<Example, Guess>[]): number =>
  fitTemperature({ label: ({ truth }) => truth.manufacturer }, outcomes)

const isRight = ({ example, prediction }: Outcome<Example, Guess>): boolean =>
  prediction.label === example.truth.manufacturer

const knownMakers = (dir: string): ChainExample[] => [...ownMakers(), ...catalogMakers(dir)]

const readExamples = (dir: string): Example[] => readSet<Example['item'], Example['truth']>(dir, 'parts-digikey')

/** One description stands for many parts of a series: a series stays together. */
const foldsOf = (examples: Example[]): Example[][] => makeFolds(examples, { group: ({ item }) => item.description })
