import type { CheerioAPI } from 'cheerio'

export type Node = ReturnType<CheerioAPI>[number]

/**
 * The elements that a text stands in, innermost first, as selectors: `span.price li#offer.box main`. What the page's
 * author calls them tells a price from an old one, and the goods of a page from its suggestions.
 */
export function elementPath(text: Node, most = MOST_ELEMENTS): string {
  const names: string[] = []
  for (let node = text.parent; node && names.length < most; node = node.parent)
    if ('attribs' in node && !/^(?:html|body)$/.test(node.name)) names.push(selector(node.name, node.attribs))
  return names.join(' ').slice(0, MOST_LETTERS)
}

const MOST_ELEMENTS = 7
const MOST_LETTERS = 240
const MOST_NAME = 60

function selector(element: string, attributes: Record<string, string>): string {
  const { id, itemprop, style } = attributes
  const struck = /line-through/i.test(style ?? '') ? ['line-through'] : []
  const classes = [...(attributes['class'] ?? '').split(/\s+/), ...(itemprop ? [itemprop] : []), ...struck]
  return `${element}${id ? `#${id.trim()}` : ''}${classes.map((name) => (name === '' ? '' : `.${name}`)).join('')}`
    .replaceAll(/\s+/g, '-')
    .slice(0, MOST_NAME)
}
