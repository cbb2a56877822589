import { join } from 'node:path'
import { ChainModel, readModelFile, type ChainModelFile } from '@stageline/models'
import type { Makers } from './guess-maker.ts'

/** The model that training wrote to `models/`, read when it is first needed: an idle worker stays small. */
export function shippedMakers(dir: string = join(import.meta.dirname, '../models')): Makers {
  let model: ChainModel | undefined
  return () => (model ??= new ChainModel(readModelFile<ChainModelFile>(join(dir, 'manufacturer.json.gz'))))
}
