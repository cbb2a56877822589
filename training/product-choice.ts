import { TreeModel } from '../packages/models/src/index.ts'
import { MIN_CERTAINTY } from '../services/enrichment/src/product-family.ts'
import { ProductMatcher, type ProductMatcherFile } from '../services/enrichment/src/product-matcher.ts'
import { chancesOf, type ProductRankerFile } from '../services/enrichment/src/product-ranker.ts'
import type { ProductModelFile } from '../services/enrichment/src/product-model.ts'
import { squeeze, type ProductRecord, type ProductText } from '../services/enrichment/src/product-text.ts'

import {
  VALUE_FIELDS,
  valueCandidates,
  type Row,
  type ValueCandidate,
  type ValueField,
} from '../services/enrichment/src/product-values.ts'

import { trainTrees, type BoostingOptions } from './boosting.ts'
import { makeFolds } from './folds.ts'
import { fitCalibration } from './isotonic.ts'
import type { RankedWorld } from './product-rank.ts'

/** A record with its rows as the stage sees them, what its values really are, and for how many it stands. */
type Case = { text: ProductText; rows: Row[]; truth: Record<ValueField, string>; counts: number }

const TREES: BoostingOptions = { trees: 70, depth: 4, rate: 0.13, minLeaf: 3, columns: 0.5 }

type Learned = { matcher: ProductMatcherFile; ranker: ProductRankerFile; worlds: readonly RankedWorld[] }

/** Learns to choose among the values that a record may have, from look-ups judged by models that had not seen them. */
export function learnValues({ matcher, ranker, worlds }: Learned): ProductModelFile['values'] {
  const read = readingOnce(new ProductMatcher(matcher))
  const cases = worlds.map((world) => caseOf(world, read, ranker))
  const entries = VALUE_FIELDS.map((field) => [field, learnField(field, cases)] as const)
  return Object.fromEntries(entries) as ProductModelFile['values']
}

type Read = (record: ProductRecord) => ProductText

/** A row is found by many records. */
function readingOnce(reader: ProductMatcher): Read {
  const texts = new Map<ProductRecord, ProductText>()
  return (record) => {
    const text = texts.get(record) ?? reader.read(record)
    texts.set(record, text)
    return text
  }
}

function caseOf({ search, kept, shares, counts }: RankedWorld, read: Read, { best }: ProductRankerFile): Case {
  const { record, truth, rows } = search.example
  const chances = chancesOf(shares, best)
  const looked = kept
    .map((row, index) => ({ text: read(rows[row]!.record), chance: recognisable(chances[index]!) }))
    .sort((a, b) => b.chance - a.chance)
  const values = { brand: squeeze(truth.brand), mpn: squeeze(truth.modelno) }
  return { text: read(record), rows: looked, truth: values, counts }
}

const recognisable = (chance: number) => (chance < MIN_CERTAINTY ? 0 : chance)

type Choice = { name: string; counts: number; candidates: { candidate: ValueCandidate; right: boolean }[] }

function learnField(field: ValueField, cases: readonly Case[]) {
  const choices = cases
    .filter(({ truth, rows }) => truth[field] !== '' && (rows[0]?.chance ?? 0) > 0)
    .map(({ text, rows, truth, counts }): Choice => ({
      name: text.record.name,
      counts,
      candidates: valueCandidates(field, text, rows).map((candidate) => ({
        candidate,
        right: squeeze(candidate.value) === truth[field],
      })),
    }))
  return { trees: trainChoice(choices), calibration: fitCalibration(heldBest(choices), 40) }
}

const trainChoice = (choices: readonly Choice[]) =>
  trainTrees(
    choices.flatMap(({ candidates, counts }) =>
      candidates.map(({ candidate, right }) => ({ features: candidate.features, yes: right, weight: counts })),
    ),
    TREES,
  )

function heldBest(choices: Choice[]): { score: number; right: boolean }[] {
  const folds = makeFolds(choices, { folds: 3, group: ({ name }) => name })
  return folds.flatMap((fold) => {
    const trees = new TreeModel(trainChoice(folds.filter((other) => other !== fold).flat()))
    return fold.flatMap(({ candidates, counts }) => {
      const scored = candidates.map(({ candidate, right }) => ({ score: trees.predict(candidate.features), right }))
      const [best] = scored.sort((a, b) => b.score - a.score)
      return best ? Array.from({ length: counts }, () => best) : []
    })
  })
}
