import { categoryFeatures } from '../services/classification/src/category-features.ts'
import { FamilyModel, type FamilyModelFile } from '../services/classification/src/family-model.ts'
import type { OwnPart } from './own-parts.ts'
import { trainSoftmax } from './softmax.ts'

const OPTIONS = { epochs: 15, rate: 0.4, penalty: 1e-5, minCount: 1, negligible: 1e-3 }

/** Families are told apart within their category only: few labels each, and none that contradicts the category. */
export function learnFamilies(parts: readonly OwnPart[], temperature = 1): FamilyModelFile {
  const byCategory = Object.groupBy(parts, ({ category }) => category)
  return Object.fromEntries(
    Object.entries(byCategory).map(([category, members = []]) => [
      category,
      { ...trainSoftmax(members.map(toExample), OPTIONS), temperature },
    ]),
  )
}

export const familyModel = (parts: readonly OwnPart[], temperature = 1): FamilyModel =>
  new FamilyModel(learnFamilies(parts, temperature))

const toExample = (part: OwnPart) => ({ features: categoryFeatures(part), label: part.family })
