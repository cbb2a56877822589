import type { StructuredPart } from '@stageline/domain'
import type { CheerioAPI } from 'cheerio'

/** Prefixes of properties that belong to the Open Graph family (https://ogp.me), product and article terms included. */
const OPEN_GRAPH = /^(?:og|product|article|book|profile|video|music|place|business):/i

/** The page's meta tags as two flat maps: `opengraph`, and `meta` for all other names, with `title` and `canonical`. */
export function readMetaTags($: CheerioAPI): StructuredPart[] {
  const opengraph = new Map<string, string>()
  const meta = new Map<string, string>()
  keepFirst(meta, 'title', $('title').first().text())
  keepFirst(meta, 'canonical', $('link[rel="canonical"]').first().attr('href'))
  for (const element of $('meta').toArray()) {
    const name = ($(element).attr('property') ?? $(element).attr('name'))?.trim() ?? ''
    keepFirst(OPEN_GRAPH.test(name) ? opengraph : meta, name, $(element).attr('content'))
  }
  return [toPart('opengraph', opengraph), toPart('meta', meta)].filter((part) => part !== undefined)
}

function keepFirst(values: Map<string, string>, name: string, value: string | undefined): void {
  const trimmed = value?.replaceAll(/\s+/g, ' ').trim()
  if (name !== '' && trimmed && !values.has(name)) values.set(name, trimmed)
}

function toPart(form: 'opengraph' | 'meta', values: Map<string, string>): StructuredPart | undefined {
  return values.size > 0 ? { form, from: 'document', data: Object.fromEntries(values) } : undefined
}
