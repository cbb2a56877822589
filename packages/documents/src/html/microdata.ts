import type { StructuredPart } from '@stageline/domain'
import type { Cheerio, CheerioAPI } from 'cheerio'
import { DOCUMENT_LIMITS } from '../document-limits.ts'

type Selection = Cheerio<ReturnType<CheerioAPI>[number]>
/** An item: `@type` as its `itemtype` says, each property once or as a list. */
type Item = Record<string, unknown>

/** Top-level microdata items as one part (https://html.spec.whatwg.org/multipage/microdata.html, without `itemref`). */
export function readMicrodata($: CheerioAPI): StructuredPart[] {
  const items = $('[itemscope]')
    .toArray()
    .map((element) => $(element))
    .filter((item) => item.attr('itemprop') === undefined)
    .map((item) => readItem($, item, 0))
  return items.length > 0 ? [{ form: 'microdata', from: 'document', data: items }] : []
}

function readItem($: CheerioAPI, scope: Selection, depth: number): Item {
  const item: Item = {}
  const type = scope.attr('itemtype')
  if (type) item['@type'] = type.trim()
  if (depth > DOCUMENT_LIMITS.depth) return item
  for (const property of ownProperties($, scope)) {
    const value = property.attr('itemscope') === undefined ? valueOf(property) : readItem($, property, depth + 1)
    for (const name of namesOf(property)) addProperty(item, name, value)
  }
  return item
}

/** The properties whose nearest scope above is this one; those of items inside belong to the items. */
function ownProperties($: CheerioAPI, scope: Selection): Selection[] {
  const found: Selection[] = []
  const waiting = scope.children().toArray().toReversed()
  for (let element = waiting.pop(); element !== undefined; element = waiting.pop()) {
    const node = $(element)
    if (node.attr('itemprop') !== undefined) found.push(node)
    if (node.attr('itemscope') === undefined) waiting.push(...node.children().toArray().toReversed())
  }
  return found
}

const namesOf = (property: Selection): string[] =>
  (property.attr('itemprop') ?? '').split(/\s+/).filter((name) => name !== '' && name !== '__proto__')

const VALUE_ATTRIBUTES: Record<string, string> = {
  meta: 'content',
  a: 'href',
  area: 'href',
  link: 'href',
  img: 'src',
  audio: 'src',
  embed: 'src',
  iframe: 'src',
  source: 'src',
  video: 'src',
  object: 'data',
  data: 'value',
  meter: 'value',
  time: 'datetime',
}

/** The value as the standard says, except that `content` counts on any element, as search engines read it. */
function valueOf(property: Selection): string {
  const attribute = VALUE_ATTRIBUTES[String(property.prop('tagName')).toLowerCase()]
  const value = property.attr('content') ?? (attribute ? property.attr(attribute) : undefined) ?? property.text()
  return value.replaceAll(/\s+/g, ' ').trim()
}

function addProperty(item: Item, name: string, value: unknown): void {
  const earlier = item[name]
  if (earlier === undefined) item[name] = value
  else if (Array.isArray(earlier)) earlier.push(value)
  else item[name] = [earlier, value]
}
