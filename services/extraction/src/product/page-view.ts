import type { DocumentModel } from '@stageline/domain'
import { ADD_TO_CART, OTHER_GOODS } from './shop-words.ts'

/** A line of a page with what stands around it. */
export type ViewLine = {
  text: string
  page: number
  marks: readonly { at: number; path: string }[]
}

/** The lines of a shop page, and where its parts begin; -1 for what it does not have. */
export type PageView = {
  lines: readonly ViewLine[]
  /** The heading that names what is sold. */
  heading: number
  /** The first button that buys, after the heading where there is one. */
  cart: number
  /** The heading over goods that are shown beside the one that is sold. */
  others: number
}

export function viewPage(model: DocumentModel, name: string): PageView {
  const lines = model.pages
    .flatMap((page) => page.lines.map(({ text, marks = [] }) => ({ text, page: page.number, marks })))
    .slice(0, MOST_LINES)
  const heading = findHeading(lines, name)
  const after = (test: (text: string) => boolean): number =>
    lines.findIndex(({ text }, at) => at > heading && text.length < 60 && test(text.trim()))
  return {
    lines,
    heading,
    cart: after((text) => ADD_TO_CART.test(text)),
    others: heading < 0 ? -1 : after((text) => OTHER_GOODS.test(text)),
  }
}

/** The elements around a place of a line, innermost first; empty where the reader knows none. */
export const pathAt = ({ marks }: ViewLine, place: number): string =>
  marks.findLast(({ at }) => at <= place)?.path ?? ''

const MOST_LINES = 20_000

/** The heading of the first rank that says the page's name; else a line that does, else the only heading of that rank. */
function findHeading(lines: readonly ViewLine[], name: string): number {
  const ranked = lines.flatMap((line, at) => (line.marks.some(({ path }) => FIRST_RANK.test(path)) ? [at] : []))
  const named = (at: number): boolean => isNamed(lines[at]?.text ?? '', name)
  const sure = ranked.find(named) ?? lines.findIndex((_, at) => named(at))
  if (sure >= 0) return sure
  return ranked.length === 1 ? ranked[0]! : -1
}

const FIRST_RANK = /(?:^|\s)h1(?:[.#\s]|$)/

/**
 * A heading often is the beginning of the name that the page gives itself, or the other way round, or stands in it beside
 * the shop's name.
 */
function isNamed(line: string, name: string): boolean {
  const [a, b] = [plain(line), plain(name)]
  if (a.length <= 4) return false
  const isPart = name.split(/\s[-–—|:·»]\s|[｜|]/).some((part) => isMostOf(a, plain(part)))
  return a === b || isPart || (isTelling(a) && b.startsWith(a)) || (isTelling(b) && a.startsWith(b))
}

/** `Buy Desk lamp Arc`, `Shop: Desk lamp Arc`: titles put a word before the heading. */
const isMostOf = (heading: string, part: string): boolean =>
  part === heading || (isTelling(heading) && part.includes(heading) && heading.length > part.length * 0.6)

/** Signs of Chinese, Japanese and Korean say in five what letters say in twelve. */
const isTelling = (text: string): boolean =>
  text.length > (/\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Hangul}/u.test(text) ? 5 : 12)

export const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
