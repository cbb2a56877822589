import type { CheerioAPI } from 'cheerio'

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

type Node = ReturnType<CheerioAPI>[number]

/** The text of the body as lines: block elements break lines, cells of a row stay on one, blanks collapse. */
export function visibleLines($: CheerioAPI): string[] {
  const parts: string[] = []
  for (const root of $('body').toArray()) collectText(root, parts)
  return parts
    .join('')
    .split('\n')
    .map((line) => line.replaceAll(/[^\S\n]+/g, ' ').trim())
    .filter((line) => line !== '')
}

/** Walks with a stack of its own: pages nest deeper than calls may, and have more children than a call has arguments. */
function collectText(root: Node, parts: string[]): void {
  const waiting: (Node | string)[] = [root]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (typeof node === 'string') parts.push(node)
    else if (node.nodeType === TEXT_NODE) parts.push(node.data.replaceAll(/\s+/g, ' '))
    else if ('children' in node) for (const next of insideOut(node)) waiting.push(next)
  }
}

/** What to visit, last first: line break or blank, the children, line break or blank. */
function insideOut(node: Extract<Node, { children: unknown }>): (Node | string)[] {
  const name = 'name' in node ? node.name : ''
  const edge = BLOCKS.has(name) ? '\n' : CELLS.has(name) ? ' ' : ''
  return [edge, ...node.children.toReversed(), edge]
}
