/** A piece of a title at whose edges values may begin and end. */
export type Token = {
  start: number
  end: number
  text: string
  /** What of it is compared: letters in lower case, digits as they are. */
  plain: string
  /** What of it is learned: letters in lower case, numbers masked. */
  word: string
  shape: string
  /** Whether a gap comes before it. */
  apart: boolean
}

/** Titles are looked at up to here: they are lines, not texts. */
const MOST_TOKENS = 80

/** Runs of letters, numbers and single signs; the s of a plural stands alone, so that `Caps` holds the value `Cap`. */
export function titleTokens(title: string): Token[] {
  const edges = [...title.matchAll(/\p{L}+|\d+(?:[.,]\d+)*|&#?\w+;|[^\s\p{L}\d]/gu)].flatMap(({ 0: text, index }) => {
    const end = index + text.length
    return PLURAL.test(text) ? [[index, end - 1] as const, [end - 1, end] as const] : [[index, end] as const]
  })
  return edges.slice(0, MOST_TOKENS).map(([start, end], at) => {
    const text = title.slice(start, end)
    const apart = at > 0 && (edges[at - 1]?.[1] ?? 0) < start
    return { start, end, text, plain: text.toLowerCase(), word: masked(text), shape: shapeOf(text), apart }
  })
}

const PLURAL = /^\p{L}{2,}[^\P{L}suiSUI][sS]$/u

const masked = (text: string): string => (/^\d/.test(text) ? (/[.,]/.test(text) ? '#.#' : '#') : text.toLowerCase())

function shapeOf(text: string): string {
  if (/^\d/.test(text)) return text.length > 3 ? 'D+' : 'D'.repeat(text.length)
  if (/^\p{Lu}+$/u.test(text)) return text.length === 1 ? 'X' : 'XX'
  if (/^\p{Lu}\p{Ll}+$/u.test(text)) return 'Xx'
  if (/^\p{Ll}+$/u.test(text)) return text.length === 1 ? 'x' : 'xx'
  return /^\p{L}/u.test(text) ? 'xX' : text
}
