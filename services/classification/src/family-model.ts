import { LinearModel, type LinearModelFile, type Scores } from '@stageline/models'

/** A model of families for each category: a family belongs to the category that the part was sorted into. */
export type FamilyModelFile = Record<string, LinearModelFile>

export class FamilyModel {
  readonly #models: ReadonlyMap<string, LinearModel>

  constructor(file: FamilyModelFile) {
    this.#models = new Map(Object.entries(file).map(([category, model]) => [category, new LinearModel(model)]))
  }

  /** Families of the category, most probable first; none of a category that was never learned. */
  predict(category: string, features: ReadonlyMap<string, number>): Scores {
    return this.#models.get(category)?.predict(features) ?? []
  }
}
