import type { Line } from '@stageline/domain'
import type { CheerioAPI } from 'cheerio'
import { elementPath, type Node } from './element-path.ts'

/** Elements that stand on lines of their own in a browser's default style sheet. */
const BLOCKS = new Set(
  (
    'address article aside blockquote body br button caption center dd details dialog div dl dt fieldset figcaption figure ' +
    'footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol option p pre section select summary table ' +
    'tbody tfoot thead tr ul'
  ).split(' '),
)
const CELLS = new Set(['td', 'th'])

/** `Node.TEXT_NODE` of the DOM standard. */
const TEXT_NODE = 3

/**
 * The text of the body as lines: block elements break lines, cells of a row stay on one, blanks collapse. Figures and
 * headings are marked with the elements that they stand in.
 */
export function visibleLines($: CheerioAPI): Line[] {
  const lines: Line[] = []
  const line = new OpenLine()
  for (const root of $('body').toArray()) collectText(root, line, lines)
  return [...lines, ...line.end()]
}

/** Walks with a stack of its own: pages nest deeper than calls may, and have more children than a call has arguments. */
function collectText(root: Node, line: OpenLine, lines: Line[]): void {
  const waiting: (Node | string)[] = [root]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node === '\n') lines.push(...line.end())
    else if (typeof node === 'string') line.add(node)
    else if (node.nodeType === TEXT_NODE) line.add(node.data, node)
    else if ('children' in node) for (const next of insideOut(node)) waiting.push(next)
  }
}

/** What to visit, last first: line break or blank, the children, line break or blank. */
function insideOut(node: Extract<Node, { children: unknown }>): (Node | string)[] {
  const name = 'name' in node ? node.name : ''
  const edge = BLOCKS.has(name) ? '\n' : CELLS.has(name) ? ' ' : ''
  return [edge, ...node.children.toReversed(), edge]
}

type Marks = NonNullable<Line['marks']>

/** A line while its parts come in. */
class OpenLine {
  #parts: string[] = []
  #length = 0
  #last = ''
  #marks: Marks = []

  add(text: string, node?: Node): void {
    const collapsed = text.replaceAll(/\s+/g, ' ')
    const tidy = this.#last === '' || this.#last === ' ' ? collapsed.trimStart() : collapsed
    if (tidy === '') return
    if (node && /\d/.test(this.#last) && /^\d/.test(tidy)) this.#push(this.#between(tidy, node))
    if (node && this.#marks.length < MOST_MARKS) this.#mark(tidy, node)
    this.#push(tidy)
  }

  /** The line, if it says anything; the next one begins. */
  end(): Line[] {
    const text = this.#parts.join('').trimEnd()
    const marks = this.#marks
    this.#parts = []
    this.#length = 0
    this.#last = ''
    this.#marks = []
    if (text === '') return []
    return [{ text, ...(marks.length > 0 && text.length <= LONGEST_MARKED ? { marks } : {}) }]
  }

  /** Figures of two elements that touch are two figures, or the whole and the cents of one price. */
  #between(text: string, node: Node): string {
    const before = this.#parts.at(-1) ?? ''
    if (!isCents(text, node) || /[.,]\d\d$/.test(before)) return ' '
    return before.includes('.') ? ',' : '.'
  }

  #push(text: string): void {
    this.#parts.push(text)
    this.#length += text.length
    this.#last = text.at(-1) ?? ''
  }

  #mark(text: string, node: Node): void {
    const path = /\d/.test(text) || isHeading(node) ? elementPath(node) : ''
    if (path !== '') this.#marks.push({ at: this.#length, path })
  }
}

const MOST_MARKS = 12
const LONGEST_MARKED = 240

const isHeading = (node: Node): boolean =>
  /^h[1-3]\b/.test(elementPath(node, 2).replace(/^(?:a|b|span|strong)\S* /, ''))

/** `12<sup>99</sup>` and `<b class="price">12<i>99</i></b>` are one price. */
const isCents = (text: string, node: Node): boolean =>
  /^\d\d$/.test(text.trim()) &&
  (/^sup\b|^\S*(?:cent|decimal|fraction|superscript)/i.test(elementPath(node, 1)) ||
    /pri(?:ce|x|js)|preis|prezz|preci|\bcena/i.test(elementPath(node, 3)))
