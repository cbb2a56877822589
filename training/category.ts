import { LinearModel, type LinearModelFile, type Scores } from '../packages/models/src/index.ts'
import { categoryFeatures } from '../services/classification/src/category-features.ts'
import type { FamilyModelFile } from '../services/classification/src/family-model.ts'
import { autoCompleteFigure, type Answer } from './auto-complete.ts'
import { fitTemperature, learnClassifier, tempered, type ClassifierRecipe } from './classifier.ts'
import { crossValidate, overFolds, type Outcome } from './cross-validate.ts'
import { loadScorer, readSet, type Dirs } from './data.ts'
import { familyModel, learnFamilies } from './family.ts'
import { makeFolds, splits, type Round } from './folds.ts'
import { ownParts, type OwnPart } from './own-parts.ts'
import type { Figure, Measured } from './report.ts'

type Example = {
  item: { id: string; mpn: string; description: string }
  truth: { id: string; category: string; family: string }
}
type Scorer = { score(truth: object[], predictions: object[], options: { field: string }): { macro_f1: number } }
type Confidence = { curve(rows: { confidence: number; correct: boolean }[]): { ece: number } }
type Field = 'category' | 'family'
type Sorted = { categories: Scores; families: Scores }
type Temperatures = Record<Field, number>
type Row = { id: string; fold: number; truth: Record<Field, string> } & Record<Field, Scores[number]>

const recipe: ClassifierRecipe<Example> = {
  features: ({ item }) => categoryFeatures(item),
  label: ({ truth }) => truth.category,
  always: ownParts().map((part) => ({ features: categoryFeatures(part), label: part.category })),
  options: { epochs: 20, rate: 0.4, penalty: 1e-5, minCount: 1, negligible: 1e-3 },
}

export function learnCategory(dir: string): LinearModelFile {
  const examples = readExamples(dir)
  return { ...learnClassifier(recipe, examples), temperature: temperaturesOf(validate(examples)).category }
}

export function learnFamily(dir: string): FamilyModelFile {
  const examples = readExamples(dir)
  return learnFamilies(partsOf(examples), temperaturesOf(validate(examples)).family)
}

export async function evaluateCategory(dirs: Dirs): Promise<Measured> {
  const examples = readExamples(dirs.train)
  const known = sortFolds(splits(foldsOf(examples)))
  const tested = dirs.train === dirs.test ? known : sortFolds([{ train: examples, test: readExamples(dirs.test) }])
  const temperatures = temperaturesOf(known.outcomes)
  const rows = tested.outcomes.map((outcome) => rowOf(outcome, temperatures))
  const figures = [
    await accuracyFigure(dirs, rows, 'category', { floor: 0.97, baseline: 0.945, target: 0.98 }),
    await accuracyFigure(dirs, rows, 'family', { floor: 0.93, baseline: 0.665, target: 0.88 }),
    autoCompleteFigure(
      { set: 'parts-digikey', metric: 'category auto-complete at 99 %', floor: 0.85, target: 0.85 },
      rows.map(answerOf),
      known.outcomes.map((outcome) => answerOf(rowOf(outcome, temperatures))),
    ),
  ].map((figure, index) => (index === 0 ? { ...figure, itemsPerSecond: tested.itemsPerSecond } : figure))
  const predictions = {
    'parts-digikey-category': rows.map((row) => guessOf(row, 'category')),
    'parts-digikey-family': rows.map((row) => guessOf(row, 'family')),
  }
  return { figures, predictions }
}

const validate = (examples: Example[]) => sortFolds(splits(foldsOf(examples))).outcomes

const sortFolds = (rounds: Round<Example>[]) =>
  crossValidate(
    rounds,
    (train) => ({ category: new LinearModel(learnClassifier(recipe, train)), family: familyModel(partsOf(train)) }),
    ({ category, family }, { item }): Sorted => {
      const features = categoryFeatures(item)
      const categories = category.predict(features)
      return { categories, families: family.predict(categories[0]!.label, features) }
    },
  )

/** Families are compared where the category is right: only there one of them can be. */
function temperaturesOf(outcomes: Outcome<Example, Sorted>[]): Temperatures {
  const guesses = (scoresOf: (sorted: Sorted) => Scores) =>
    outcomes.map((outcome) => {
      const scores = scoresOf(outcome.prediction)
      return { ...outcome, prediction: { ...scores[0]!, scores } }
    })
  const within = guesses(({ families }) => families).filter(
    (_, index) => outcomes[index]!.prediction.categories[0]!.label === outcomes[index]!.example.truth.category,
  )
  return {
    category: fitTemperature(
      recipe,
      guesses(({ categories }) => categories),
    ),
    family: fitTemperature({ label: ({ truth }) => truth.family }, within),
  }
}

function rowOf({ example, prediction, fold }: Outcome<Example, Sorted>, temperatures: Temperatures): Row {
  const category = tempered(prediction.categories, temperatures.category)[0]!
  const [family] = tempered(prediction.families, temperatures.family)
  return {
    id: example.item.id,
    fold,
    truth: example.truth,
    category,
    family: { label: family?.label ?? '', probability: category.probability * (family?.probability ?? 0) },
  }
}

async function accuracyFigure(
  dirs: Dirs,
  rows: readonly Row[],
  field: Field,
  wanted: Pick<Figure, 'floor' | 'baseline' | 'target'>,
): Promise<Figure> {
  const { score } = await loadScorer<Scorer>(dirs.train, 'classify')
  const { curve } = await loadScorer<Confidence>(dirs.train, 'confidence')
  const isRight = (row: Row): boolean => row[field].label === row.truth[field]
  const outcomes = rows.map((row) => ({ example: row, prediction: row, fold: row.fold }))
  const { mean, deviation } = overFolds(
    outcomes,
    (fold) => fold.filter(({ example }) => isRight(example)).length / fold.length,
  )
  const truth = rows.map((row) => ({ id: row.id, [field]: row.truth[field] }))
  const { macro_f1 } = score(
    truth,
    rows.map((row) => guessOf(row, field)),
    { field },
  )
  const confidences = rows.map((row) => ({ confidence: row[field].probability, correct: isRight(row) }))
  return {
    set: 'parts-digikey',
    metric: `${field} accuracy`,
    ...wanted,
    mean,
    deviation,
    items: rows.length,
    details: { macro_f1, ece: curve(confidences).ece },
  }
}

const guessOf = (row: Row, field: Field) => ({
  id: row.id,
  [field]: row[field].label,
  confidence: row[field].probability,
})

const answerOf = ({ id, fold, category, truth }: Row): Answer => ({
  id,
  fold,
  confidence: category.probability,
  right: category.label === truth.category,
})

const partsOf = (examples: readonly Example[]): OwnPart[] => [
  ...examples.map(({ item, truth }) => ({ ...item, category: truth.category, family: truth.family })),
  ...ownParts(),
]

const readExamples = (dir: string): Example[] => readSet<Example['item'], Example['truth']>(dir, 'parts-digikey')

/** One description stands for many parts of a series: a series stays together. */
const foldsOf = (examples: Example[]): Example[][] => makeFolds(examples, { group: ({ item }) => item.description })
