import { calibrated, TreeModel } from '../packages/models/src/index.ts'
import { MIN_CERTAINTY } from '../services/enrichment/src/product-family.ts'
import { amongRivals, ProductMatcher, type ProductMatcherFile } from '../services/enrichment/src/product-matcher.ts'
import type { ProductModelFile } from '../services/enrichment/src/product-model.ts'
import { squeeze, type ProductText } from '../services/enrichment/src/product-text.ts'

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
import type { HeldSearch } from './product-match.ts'

/** A record with its rows as the stage sees them, and what its values really are. */
type Case = { text: ProductText; rows: Row[]; truth: Record<ValueField, string> }

const TREES: BoostingOptions = { trees: 80, depth: 4, rate: 0.1, minLeaf: 3, columns: 0.5 }

/** Learns to choose among the values that a record may have, from look-ups judged by matchers that had not seen them. */
export function learnValues(matcher: ProductMatcherFile, held: readonly HeldSearch[]): ProductModelFile['values'] {
  const reader = new ProductMatcher(matcher)
  const cases = held.map((search) => caseOf(search, matcher, reader))
  const entries = VALUE_FIELDS.map((field) => [field, learnField(field, cases)] as const)
  return Object.fromEntries(entries) as ProductModelFile['values']
}

function caseOf({ example, scores }: HeldSearch, matcher: ProductMatcherFile, reader: ProductMatcher): Case {
  const chances = amongRivals(scores).map((share) => calibrated(matcher.best, share))
  const rows = example.rows
    .map(({ record }, index) => ({ text: reader.read(record), chance: recognisable(chances[index]!) }))
    .sort((a, b) => b.chance - a.chance)
  const { brand, modelno } = example.truth
  return { text: reader.read(example.record), rows, truth: { brand: squeeze(brand), mpn: squeeze(modelno) } }
}

const recognisable = (chance: number) => (chance < MIN_CERTAINTY ? 0 : chance)

type Choice = { name: string; candidates: { candidate: ValueCandidate; right: boolean }[] }

function learnField(field: ValueField, cases: readonly Case[]) {
  const choices = cases
    .filter(({ truth, rows }) => truth[field] !== '' && (rows[0]?.chance ?? 0) > 0)
    .map(({ text, rows, truth }): Choice => ({
      name: text.record.name,
      candidates: valueCandidates(field, text, rows).map((candidate) => ({
        candidate,
        right: squeeze(candidate.value) === truth[field],
      })),
    }))
  return { trees: trainChoice(choices), calibration: fitCalibration(heldBest(choices)) }
}

const trainChoice = (choices: readonly Choice[]) =>
  trainTrees(
    choices.flatMap(({ candidates }) =>
      candidates.map(({ candidate, right }) => ({ features: candidate.features, yes: right })),
    ),
    TREES,
  )

function heldBest(choices: Choice[]): { score: number; right: boolean }[] {
  const folds = makeFolds(choices, { folds: 3, group: ({ name }) => name })
  return folds.flatMap((fold) => {
    const trees = new TreeModel(trainChoice(folds.filter((other) => other !== fold).flat()))
    return fold.flatMap(({ candidates }) => {
      const scored = candidates.map(({ candidate, right }) => ({ score: trees.predict(candidate.features), right }))
      return scored.sort((a, b) => b.score - a.score).slice(0, 1)
    })
  })
}
