import { join } from 'node:path'
import { LinearModel, readModelFile, type LinearModelFile } from '@stageline/models'

export type Models = {
  readonly kind: LinearModel
  readonly category: LinearModel
  readonly productCategory: LinearModel
}

/** The models that training wrote to `models/`, each read when it is first needed: an idle worker stays small. */
export function shippedModels(dir: string = join(import.meta.dirname, '../models')): Models {
  const loaded = new Map<string, LinearModel>()
  const load = (name: string): LinearModel => {
    const model = loaded.get(name) ?? new LinearModel(readModelFile<LinearModelFile>(join(dir, `${name}.json.gz`)))
    loaded.set(name, model)
    return model
  }
  return {
    get kind() {
      return load('kind')
    },
    get category() {
      return load('category')
    },
    get productCategory() {
      return load('product-category')
    },
  }
}
