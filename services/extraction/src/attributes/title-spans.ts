import { SEPARATOR } from './token-features.ts'
import type { Token } from './title-tokens.ts'

/** Neighbouring tokens that may be a value. */
export type Span = {
  from: number
  to: number
  /** In lower case, with single gaps: what values are known by. */
  key: string
  /** The same with numbers masked. */
  pattern: string
}

/** Longer values are rarer than one in a hundred. */
const MOST_IN_SPAN = 9

export function titleSpans(tokens: readonly Token[]): Span[] {
  const spans: Span[] = []
  for (let from = 0; from < tokens.length; from += 1) {
    if (isStop(tokens[from]!)) continue
    let [key, pattern] = ['', '']
    for (let to = from; to < Math.min(tokens.length, from + MOST_IN_SPAN); to += 1) {
      const token = tokens[to]!
      const gap = to > from && token.apart ? ' ' : ''
      key += gap + token.plain
      pattern += gap + token.word
      if (!isStop(token)) spans.push({ from, to, key, pattern })
    }
  }
  return spans
}

/** What speaks for a span as a whole: its words, its form, and whether it fills a part of the title. */
export function spanFeatures(spans: readonly Span[], tokens: readonly Token[]): string[][] {
  const seen = new Set<string>()
  return spans.map((span) => {
    const again = seen.has(span.key)
    seen.add(span.key)
    return [...formFeatures(span, tokens), ...(again ? ['Wagain'] : [])]
  })
}

const isStop = ({ text }: Token): boolean => /^[,;|]$/.test(text)

function formFeatures({ from, to, pattern }: Span, tokens: readonly Token[]): string[] {
  const length = to - from + 1
  const opens = from === 0 || isEdge(tokens[from - 1]!)
  const closes = to === tokens.length - 1 || isEdge(tokens[to + 1]!)
  const fit = `${opens ? 1 : 0}${closes ? 1 : 0}${Math.min(length, 5)}`
  return [
    `Wl${Math.min(length, 8)}`,
    `Wm${pattern}`,
    `Wh${pattern.split(' ').slice(-2).join(' ')}`,
    `Wf${fit}`,
    ...(from === 0 ? [`Wb${fit}`] : []),
    ...innerFeatures(tokens.slice(from, to + 1)),
  ]
}

const isEdge = ({ text }: Token): boolean => text === ':' || SEPARATOR.test(text)

function innerFeatures(inner: readonly Token[]): string[] {
  const letters = inner.filter(({ text }) => /^\p{L}/u.test(text))
  const capitals = letters.filter(({ text }) => /^\p{Lu}/u.test(text)).length
  const parted = inner.some(isStop)
  return [
    `Wp${parted ? 1 : 0}${balanced(inner) ? 1 : 0}`,
    `Wc${letters.length === 0 ? '' : Math.round((2 * capitals) / letters.length)}`,
  ]
}

function balanced(inner: readonly Token[]): boolean {
  let depth = 0
  for (const { text } of inner) {
    if (text === '(' || text === '[') depth += 1
    if (text === ')' || text === ']') depth -= 1
    if (depth < 0) return false
  }
  return depth === 0
}
