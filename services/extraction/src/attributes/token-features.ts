import type { Token } from './title-tokens.ts'

/** What speaks for a value to begin at a token, to hold it, and to end at it. */
export type TokenFeatures = { start: string[]; inside: string[]; end: string[] }

export function tokenFeatures(tokens: readonly Token[]): TokenFeatures[] {
  const view = new View(tokens)
  let part = 0
  let sincePart = 0
  return tokens.map((token, at) => {
    sincePart = SEPARATOR.test(token.text) ? 0 : sincePart + 1
    if (sincePart === 0) part += 1
    const place = [`p${fromStart(at)}`, `r${fromEnd(tokens.length - at)}`, `g${Math.min(part, 5)}`]
    return {
      start: [...place, ...startFeatures(view, at)].map((name) => `S${name}`),
      inside: [...place, ...insideFeatures(view, at, sincePart)].map((name) => `I${name}`),
      end: [...place, ...endFeatures(view, at)].map((name) => `E${name}`),
    }
  })
}

/** Signs that part a title; values seldom run across them. */
export const SEPARATOR = /^[,;()\-–|[\]]$/

class View {
  readonly #tokens: readonly Token[]

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get length(): number {
    return this.#tokens.length
  }

  token(at: number): Token | undefined {
    return this.#tokens[at]
  }

  word(at: number): string {
    return this.#tokens[at]?.word ?? (at < 0 ? '<' : '>')
  }

  shape(at: number): string {
    return this.#tokens[at]?.shape ?? '_'
  }

  gap(at: number): string {
    return this.#tokens[at]?.apart ? ' ' : '-'
  }
}

const fromStart = (at: number): number => [1, 3, 6, 12].filter((edge) => at >= edge).length
const fromEnd = (left: number): number => [3, 6].filter((edge) => left >= edge).length

const startFeatures = (view: View, at: number): string[] => [
  `w${view.word(at)}`,
  `-1${view.word(at - 1)}`,
  `-2${view.word(at - 2)}`,
  `+1${view.word(at + 1)}`,
  `b${view.word(at - 1)} ${view.word(at)}`,
  `c${view.word(at - 2)} ${view.word(at - 1)}`,
  `f${view.word(at)} ${view.word(at + 1)}`,
  `s${view.shape(at)}`,
  `t${view.shape(at - 1)}${view.gap(at)}${view.shape(at)}`,
  `u${view.shape(at)}${view.shape(at + 1)}${view.shape(at + 2)}`,
  `k${Math.min(at, 6)}`,
  `g${view.gap(at)}`,
]

const insideFeatures = (view: View, at: number, sincePart: number): string[] => [
  `w${view.word(at)}`,
  `b${view.word(at - 1)} ${view.word(at)}`,
  `s${view.shape(at)}`,
  `q${Math.min(sincePart, 4)}${view.shape(at)}`,
  `h${view.gap(at)}${view.shape(at)}`,
  lengthOrNumber(view.token(at)),
  ...affixes(view.token(at)),
]

const endFeatures = (view: View, at: number): string[] => [
  `w${view.word(at)}`,
  `-1${view.word(at - 1)}`,
  `+1${view.word(at + 1)}`,
  `+2${view.word(at + 2)}`,
  `b${view.word(at)} ${view.word(at + 1)}`,
  `c${view.word(at + 1)} ${view.word(at + 2)}`,
  `s${view.shape(at)}`,
  `t${view.shape(at)}${view.gap(at + 1)}${view.shape(at + 1)}`,
  `z${Math.min(view.length - at, 6)}`,
  `g${view.gap(at + 1)}`,
  ...affixes(view.token(at)),
]

const lengthOrNumber = (token: Token | undefined): string =>
  token === undefined ? '' : /^\d/.test(token.plain) ? `n${token.plain}` : `l${Math.min(token.plain.length, 8)}`

function affixes(token: Token | undefined): string[] {
  if (!token || !/^\p{L}{4,}/u.test(token.plain)) return []
  return [`x${token.plain.slice(0, 3)}`, `y${token.plain.slice(-3)}`, `y${token.plain.slice(-2)}`]
}
