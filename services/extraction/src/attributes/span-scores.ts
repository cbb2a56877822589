import { NONE_ROW, type TitleForm } from './title-form.ts'

/** Weights as one category uses them: an attribute a column. */
export type PlaceWeights = {
  readonly attributes: number
  /** Adds what a row says to the sums of all attributes. */
  add(row: number, sums: Float64Array): void
  /** What a row of known values, or that of no value, says of one attribute. */
  known(row: number, attribute: number): number
}

/**
 * The chance of each span to be the value of each attribute, and of each attribute to have none: a softmax over the
 * spans of a title and "none", attribute by attribute. The score of a span is that of its beginning, its end, all of
 * its tokens and itself as a whole.
 */
export type SpanChances = {
  /** A span, then an attribute. */
  spans: Float64Array
  none: Float64Array
}

export function spanChances(form: TitleForm, weights: PlaceWeights): SpanChances {
  const chances = { spans: spanScores(form, weights), none: new Float64Array(weights.attributes) }
  for (let attribute = 0; attribute < weights.attributes; attribute += 1) {
    chances.none[attribute] = weights.known(NONE_ROW, attribute)
    normalise(chances, attribute)
  }
  return chances
}

function spanScores(form: TitleForm, weights: PlaceWeights): Float64Array {
  const width = weights.attributes
  const [start, end] = [sumsOf(form.start, weights), sumsOf(form.end, weights)]
  const upTo = runningSums(sumsOf(form.inside, weights), width)
  const scores = sumsOf(form.whole, weights)
  form.spans.forEach(({ from, to }, span) => {
    const known = form.known[span]
    for (let attribute = 0; attribute < width; attribute += 1) {
      const inside = upTo[(to + 1) * width + attribute]! - upTo[from * width + attribute]!
      scores[span * width + attribute]! += start[from * width + attribute]! + inside + end[to * width + attribute]!
      for (const row of known?.[attribute] ?? []) scores[span * width + attribute]! += weights.known(row, attribute)
    }
  })
  return scores
}

function sumsOf(rows: readonly Uint32Array[], weights: PlaceWeights): Float64Array {
  const sums = new Float64Array(rows.length * weights.attributes)
  rows.forEach((some, at) => {
    const slice = sums.subarray(at * weights.attributes, (at + 1) * weights.attributes)
    for (const row of some) weights.add(row, slice)
  })
  return sums
}

function runningSums(values: Float64Array, width: number): Float64Array {
  const sums = new Float64Array(values.length + width)
  for (let at = 0; at < values.length; at += 1) sums[at + width] = sums[at]! + values[at]!
  return sums
}

function normalise({ spans, none }: SpanChances, attribute: number): void {
  const width = none.length
  let highest = none[attribute]!
  for (let at = attribute; at < spans.length; at += width) highest = Math.max(highest, spans[at]!)
  let total = Math.exp(none[attribute]! - highest)
  for (let at = attribute; at < spans.length; at += width) total += spans[at] = Math.exp(spans[at]! - highest)
  for (let at = attribute; at < spans.length; at += width) spans[at]! /= total
  none[attribute] = Math.exp(none[attribute]! - highest) / total
}
