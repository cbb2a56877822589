import type { Calibration } from '../calibration.ts'
import { KNOWN_ROWS, KnownValues, type KnownValue } from './known-values.ts'
import { Schema, type CategorySchema, type Place } from './schema.ts'
import { FIRST_FEATURE_ROW, type Vocabulary } from './title-form.ts'
import type { PlaceWeights } from './span-scores.ts'
import { WordUses, type WordUse } from './word-uses.ts'

/** What training learned of the titles of some categories. */
export type AttributeModelFile = {
  schema: CategorySchema[]
  values: KnownValue[]
  words: WordUse[]
  /** Named features, a row each after the rows of known values and of none. */
  features: string[]
  weights: SparseWeights
  /** `share` where only attributes that have a value are asked for, `score` where some have none. */
  decidesBy: 'share' | 'score'
  /** Score to chance of being right. */
  calibration: Calibration
}

/** Rows of weights that are not zero, in base64: entries of each row (uint16), their columns (uint16), values (int8). */
export type SparseWeights = { lengths: string; columns: string; values: string; scale: number }

export class AttributeModel {
  readonly schema: Schema
  readonly vocabulary: Vocabulary
  readonly decidesBy: AttributeModelFile['decidesBy']
  readonly calibration: Calibration
  readonly #rows: Rows
  readonly #places = new Map<number, PlaceWeights>()

  constructor(file: AttributeModelFile) {
    this.schema = new Schema(file.schema)
    const rows = new Map(file.features.map((name, index) => [name, FIRST_FEATURE_ROW + index]))
    const known = new KnownValues(file.values, this.schema)
    this.vocabulary = { rows, known, words: new WordUses(file.words, this.schema) }
    this.decidesBy = file.decidesBy
    this.calibration = file.calibration
    this.#rows = unpack(file.weights)
  }

  weights(place: Place): PlaceWeights {
    const weights = this.#places.get(place.category) ?? placeWeights(this.#rows, place, this.schema.width)
    this.#places.set(place.category, weights)
    return weights
  }
}

type Rows = { begins: Uint32Array; columns: Uint16Array; values: Int8Array; scale: number }

function unpack({ lengths, columns, values, scale }: SparseWeights): Rows {
  const counts = new Uint16Array(bytesOf(lengths).buffer)
  const begins = new Uint32Array(counts.length + 1)
  counts.forEach((count, row) => (begins[row + 1] = begins[row]! + count))
  return {
    begins,
    columns: new Uint16Array(bytesOf(columns).buffer),
    values: new Int8Array(bytesOf(values).buffer),
    scale,
  }
}

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(base64, 'base64'))

function placeWeights({ begins, columns, values, scale }: Rows, place: Place, width: number): PlaceWeights {
  const attributes = place.attributes.length
  const slots = new Int16Array(width).fill(-1)
  for (const list of [place.cells, place.shared]) list.forEach((column, slot) => (slots[column] = slot))
  const add = (row: number, sums: Float64Array): void => {
    for (let at = begins[row]!; at < begins[row + 1]!; at += 1) {
      const slot = slots[columns[at]!]!
      if (slot >= 0) sums[slot]! += values[at]! * scale
    }
  }
  const known = Array.from({ length: KNOWN_ROWS + 1 }, (_, row) => {
    const sums = new Float64Array(attributes)
    for (let at = begins[row]!; at < begins[row + 1]!; at += 1)
      if (columns[at] === place.all) sums.fill(values[at]! * scale)
    add(row, sums)
    return sums
  })
  return { attributes, add, known: (row, attribute) => known[row]![attribute]! }
}
