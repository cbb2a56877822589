import { join } from 'node:path'
import { LinearModel, readModelFile, type LinearModelFile } from '@stageline/models'
import { FamilyModel, type FamilyModelFile } from './family-model.ts'
import { KindModel, type KindModelFile } from './kind-model.ts'

export type Models = {
  readonly kind: KindModel
  readonly category: LinearModel
  readonly family: FamilyModel
  readonly productCategory: LinearModel
}

/** The models that training wrote to `models/`, each read when it is first needed: an idle worker stays small. */
export function shippedModels(dir: string = join(import.meta.dirname, '../models')): Models {
  const linear = (name: string) => once(() => new LinearModel(read<LinearModelFile>(dir, name)))
  const [category, productCategory] = [linear('category'), linear('product-category')]
  const kind = once(() => new KindModel(read<KindModelFile>(dir, 'kind')))
  const family = once(() => new FamilyModel(read<FamilyModelFile>(dir, 'family')))
  return {
    get kind() {
      return kind()
    },
    get category() {
      return category()
    },
    get family() {
      return family()
    },
    get productCategory() {
      return productCategory()
    },
  }
}

const read = <File>(dir: string, name: string): File => readModelFile<File>(join(dir, `${name}.json.gz`))

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}
