import type { AttributeModelFile, SparseWeights } from '../services/extraction/src/attributes/attribute-model.ts'
import { KNOWN_ROWS } from '../services/extraction/src/attributes/known-values.ts'
import type { Place } from '../services/extraction/src/attributes/schema.ts'
import { spanChances, type PlaceWeights } from '../services/extraction/src/attributes/span-scores.ts'
import { NONE_ROW, type TitleForm } from '../services/extraction/src/attributes/title-form.ts'
import { createRandom, shuffle } from './random.ts'

/** A title with the spans that are right for each attribute: none where it has no value, null where it is not said. */
export type SpanExample = { form: TitleForm; place: Place; right: (readonly number[] | null)[] }

export type SpanOptions = { seed?: number; epochs: number; rate: number; penalty: number }

/** Gradients below are not worth a step: nearly all spans are nearly surely wrong soon. */
const SMALLEST_STEP = 3e-3

/**
 * Learns the weights that make the right spans likely, by AdaGrad. Of several right spans any may be found: what counts
 * is the sum of their chances.
 */
export class SpanLearner {
  readonly #width: number
  readonly #weights: Float32Array
  readonly #squares: Float32Array
  readonly #options: SpanOptions

  constructor(rows: number, width: number, options: SpanOptions) {
    this.#width = width
    this.#weights = new Float32Array(rows * width)
    this.#squares = new Float32Array(rows * width).fill(1e-6)
    this.#options = options
  }

  learnAll(examples: readonly SpanExample[]): void {
    const random = createRandom(this.#options.seed ?? 1)
    for (let epoch = 0; epoch < this.#options.epochs; epoch += 1)
      for (const example of shuffle(examples, random)) this.#learn(example)
  }

  #learn({ form, place, right }: SpanExample): void {
    const chances = spanChances(form, this.#placeWeights(place))
    const width = place.attributes.length
    for (let attribute = 0; attribute < width; attribute += 1) {
      const spans = right[attribute] ?? null
      takeTruth(chances.spans, spans, width, attribute)
      if (spans) this.#step(NONE_ROW, place, attribute, chances.none[attribute]! - (spans.length === 0 ? 1 : 0))
    }
    this.#applySpans(form, place, chances.spans)
  }

  #applySpans(form: TitleForm, place: Place, errors: Float64Array): void {
    const width = place.attributes.length
    const size = (form.tokens.length + 1) * width
    const [start, end, change] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)]
    form.spans.forEach(({ from, to }, span) => {
      for (let attribute = 0; attribute < width; attribute += 1) {
        const error = errors[span * width + attribute]!
        if (error === 0) continue
        start[from * width + attribute]! += error
        end[to * width + attribute]! += error
        change[from * width + attribute]! += error
        change[(to + 1) * width + attribute]! -= error
        if (Math.abs(error) < SMALLEST_STEP) continue
        for (const row of form.whole[span]!) this.#step(row, place, attribute, error)
        for (const row of form.known[span]?.[attribute] ?? []) this.#step(row, place, attribute, error)
      }
    })
    const inside = change
    for (let at = width; at < size; at += 1) inside[at]! += inside[at - width]!
    this.#applyTokens(form.start, place, start)
    this.#applyTokens(form.inside, place, inside)
    this.#applyTokens(form.end, place, end)
  }

  #applyTokens(rows: readonly Uint32Array[], place: Place, errors: Float64Array): void {
    const width = place.attributes.length
    rows.forEach((some, token) => {
      for (let attribute = 0; attribute < width; attribute += 1) {
        const error = errors[token * width + attribute]!
        if (Math.abs(error) >= SMALLEST_STEP) for (const row of some) this.#step(row, place, attribute, error)
      }
    })
  }

  #step(row: number, place: Place, attribute: number, error: number): void {
    this.#stepCell(row * this.#width + place.cells[attribute]!, error)
    this.#stepCell(row * this.#width + place.shared[attribute]!, error)
    if (row < KNOWN_ROWS) this.#stepCell(row * this.#width + place.all, error)
  }

  #stepCell(cell: number, error: number): void {
    const gradient = error + this.#options.penalty * this.#weights[cell]!
    this.#squares[cell]! += gradient * gradient
    this.#weights[cell]! -= (this.#options.rate * gradient) / Math.sqrt(this.#squares[cell]!)
  }

  #placeWeights({ attributes: { length: attributes }, cells, shared, all }: Place): PlaceWeights {
    const weights = this.#weights
    const width = this.#width
    const first = cells[0]!
    return {
      attributes,
      add(row, sums) {
        const start = row * width
        for (let at = 0; at < attributes; at += 1)
          sums[at]! += weights[start + first + at]! + weights[start + shared[at]!]!
      },
      known(row, attribute) {
        const start = row * width
        return weights[start + cells[attribute]!]! + weights[start + shared[attribute]!]! + weights[start + all]!
      },
    }
  }

  /** Weights in 8 bits; features whose weights are all zero then are left out. */
  pack(features: readonly string[]): Pick<AttributeModelFile, 'features' | 'weights'> {
    const scale = this.#weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-6) / 127
    const rows = Array.from({ length: this.#weights.length / this.#width }, (_, row) => this.#packRow(row, scale))
    const fixed = rows.length - features.length
    const kept = rows.filter((row, at) => at < fixed || row.length > 0)
    return {
      features: features.filter((_, at) => rows[fixed + at]!.length > 0),
      weights: toSparse(kept, scale),
    }
  }

  #packRow(row: number, scale: number): [column: number, value: number][] {
    const values = this.#weights.subarray(row * this.#width, (row + 1) * this.#width)
    return [...values].flatMap((weight, column): [number, number][] => {
      const value = Math.round(weight / scale)
      return value === 0 ? [] : [[column, value]]
    })
  }
}

/** Turns chances into errors: less the truth, which is shared by right spans as they are likely. Unknown truth: none. */
function takeTruth(chances: Float64Array, right: readonly number[] | null, width: number, attribute: number): void {
  if (!right) for (let at = attribute; at < chances.length; at += width) chances[at] = 0
  if (!right) return
  const total = right.reduce((sum, span) => sum + chances[span * width + attribute]!, 1e-12)
  for (const span of right) chances[span * width + attribute]! *= 1 - 1 / total
}

function toSparse(rows: readonly [column: number, value: number][][], scale: number): SparseWeights {
  const entries = rows.flat()
  const base64 = (array: Uint16Array | Int8Array): string => Buffer.from(array.buffer).toString('base64')
  return {
    lengths: base64(Uint16Array.from(rows, (row) => row.length)),
    columns: base64(Uint16Array.from(entries, ([column]) => column)),
    values: base64(Int8Array.from(entries, ([, value]) => value)),
    scale,
  }
}
