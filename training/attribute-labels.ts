import type { KnownValue } from '../services/extraction/src/attributes/known-values.ts'
import type { Place, Schema } from '../services/extraction/src/attributes/schema.ts'
import {
  wordFeatures,
  type Memory,
  type OwnMemory,
  type TitleParts,
} from '../services/extraction/src/attributes/title-form.ts'
import type { WordUse } from '../services/extraction/src/attributes/word-uses.ts'

export type Item = { id: string; title: string; category: string }
export type Truth = { id: string; category: string; attributes: Record<string, string[]> }
export type TitleExample = { item: Item; truth: Truth; parts: TitleParts }

/** A title with the spans that are right for each attribute of its category: see SpanExample. */
export type Labelled = { parts: TitleParts; place: Place; right: (number[] | null)[]; own: OwnMemory }

/** `silenceIsNone`: an attribute that the truth does not name has no value; otherwise nothing is known of it. */
export function labelTitle(
  { item, truth, parts }: TitleExample,
  schema: Schema,
  silenceIsNone: boolean,
): Labelled | undefined {
  const place = schema.find(item.category)
  if (!place) return undefined
  const texts = parts.spans.map(({ from, to }) => item.title.slice(parts.tokens[from]!.start, parts.tokens[to]!.end))
  const right = place.attributes.map((name) => {
    const values = truth.attributes[name]?.map((value) => value.trim())
    if (!values) return silenceIsNone ? [] : null
    if (values[0] === 'n/a') return []
    const spans = texts.flatMap((text, span) => (values.includes(text) ? [span] : []))
    return spans.length > 0 ? spans : null
  })
  return { parts, place, right, own: { values: ownValues(parts, place, right), words: ownWords(parts, place, right) } }
}

function ownWords({ spans, tokens }: TitleParts, place: Place, right: (number[] | null)[]): Map<string, number[]> {
  const own = new Map<string, number[]>()
  right.forEach((some, attribute) => {
    const words = (some ?? []).flatMap((span) => tokens.slice(spans[span]!.from, spans[span]!.to + 1))
    for (const word of new Set(words.map((token) => token.word)))
      own.set(word, [...(own.get(word) ?? []), place.cells[attribute]!])
  })
  return own
}

function ownValues({ spans }: TitleParts, place: Place, right: (number[] | null)[]): Map<string, number[]> {
  const own = new Map<string, number[]>()
  right.forEach((some, attribute) => {
    for (const key of new Set(some?.map((span) => spans[span]!.key)))
      own.set(key, [...(own.get(key) ?? []), place.cells[attribute]!])
  })
  return own
}

/** What the titles teach of values: how often each is one, and of what. */
export function countValues(labelled: readonly Labelled[]): KnownValue[] {
  const values = new Map<string, Map<number, number>>()
  for (const { own } of labelled)
    for (const [key, cells] of own.values) for (const cell of cells) count(values, key, cell)
  const titles = new Map<string, Map<number, number>>()
  for (const { parts, place } of labelled)
    for (const key of new Set(parts.spans.map((span) => span.key)))
      if (values.has(key)) count(titles, key, place.category)
  return [...values].map(([key, cells]) => ({ key, titles: [...titles.get(key)!], values: [...cells] }))
}

/** What the titles teach of words: how often each is part of what. */
export function countWords(labelled: readonly Labelled[]): WordUse[] {
  const titles = new Map<string, Map<number, number>>()
  const uses = new Map<string, Map<number, number>>()
  for (const { parts, place, own } of labelled) {
    for (const word of new Set(parts.tokens.map((token) => token.word))) count(titles, word, place.category)
    for (const [word, cells] of own.words) for (const cell of cells) count(uses, word, cell)
  }
  return [...titles].map(([word, counts]) => ({ word, titles: [...counts], uses: [...(uses.get(word) ?? [])] }))
}

function count(counts: Map<string, Map<number, number>>, key: string, column: number): void {
  const inner = counts.get(key) ?? new Map<number, number>()
  counts.set(key, inner.set(column, (inner.get(column) ?? 0) + 1))
}

/** Features of three titles or more: rarer ones teach little and would be half of the model. */
export function frequentFeatures(labelled: readonly Labelled[], memory: Memory): string[] {
  const counts = new Map<string, number>()
  for (const { parts, place, own } of labelled) {
    const names = new Set([
      ...[...parts.features, ...wordFeatures(parts, place, memory, own)].flatMap(({ start, inside, end }) => [
        ...start,
        ...inside,
        ...end,
      ]),
      ...parts.whole.flat(),
    ])
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts].flatMap(([name, titles]) => (titles > 2 ? [name] : [])).sort()
}
