import { KNOWN_ROWS, type KnownValues, type Own } from './known-values.ts'
import type { Place } from './schema.ts'
import { spanFeatures, titleSpans, type Span } from './title-spans.ts'
import { tokenFeatures, type TokenFeatures } from './token-features.ts'
import { titleTokens, type Token } from './title-tokens.ts'
import { useFeatures, type OwnWords, type WordUses } from './word-uses.ts'

/** The row of weights for an attribute that has no value in a title. */
export const NONE_ROW = KNOWN_ROWS
/** Rows of named features follow. */
export const FIRST_FEATURE_ROW = KNOWN_ROWS + 1

/** A title as the scorer sees it: rows of weights for its tokens and spans. */
export type TitleForm = {
  tokens: readonly Token[]
  spans: readonly Span[]
  start: Uint32Array[]
  inside: Uint32Array[]
  end: Uint32Array[]
  whole: Uint32Array[]
  /** A span, then an attribute. */
  known: ((number[] | undefined)[] | undefined)[]
}

/** A title taken apart, with the names of all its features. */
export type TitleParts = ReturnType<typeof titleParts>

export function titleParts(title: string) {
  const tokens = titleTokens(title)
  const spans = titleSpans(tokens)
  return { tokens, spans, features: tokenFeatures(tokens), whole: spanFeatures(spans, tokens) }
}

/** What was learned of values and words. */
export type Memory = { known: KnownValues; words: WordUses }

/** What a title that is learned from has itself added to the memory. */
export type OwnMemory = { values: Own; words: OwnWords }

export function wordFeatures(
  { tokens }: TitleParts,
  place: Place,
  { words }: Memory,
  own?: OwnMemory,
): TokenFeatures[] {
  return useFeatures(tokens, (word) => words.classOf(word, place, own?.words))
}

export type Vocabulary = Memory & { rows: ReadonlyMap<string, number> }

export function titleForm(parts: TitleParts, place: Place, vocabulary: Vocabulary, own?: OwnMemory): TitleForm {
  const { rows, known } = vocabulary
  const toRows = (names: readonly string[]): Uint32Array =>
    Uint32Array.from(names.flatMap((name) => rows.get(name) ?? []))
  const words = wordFeatures(parts, place, vocabulary, own)
  const role = (name: keyof TokenFeatures): Uint32Array[] =>
    parts.features.map((features, at) => toRows([...features[name], ...words[at]![name]]))
  return {
    tokens: parts.tokens,
    spans: parts.spans,
    start: role('start'),
    inside: role('inside'),
    end: role('end'),
    whole: parts.whole.map(toRows),
    known: parts.spans.map(({ key }) => known.rows(key, place, own?.values)),
  }
}
