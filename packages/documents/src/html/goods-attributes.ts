import type { StructuredPart } from '@stageline/domain'
import type { CheerioAPI } from 'cheerio'

/**
 * Codes and prices that elements carry for the shop's own programs: `data-sku="…"`, `data-price`, hidden inputs such as
 * `<input name="product_id" value="…">`. One entry for each name and value, with how often it stands there.
 */
export function readGoodsAttributes($: CheerioAPI): StructuredPart[] {
  const entries = new Map<string, { name: string; value: string; count: number }>()
  for (const element of $('body *').toArray()) {
    if (!('attribs' in element)) continue
    for (const [name, value] of namedValues(element.attribs)) {
      const key = `${name}=${value}`
      const entry = entries.get(key) ?? { name, value, count: 0 }
      entries.set(key, { ...entry, count: entry.count + 1 })
    }
  }
  const kept = [...entries.values()].slice(0, MOST)
  return kept.length > 0 ? [{ form: 'attributes', from: 'document', data: kept }] : []
}

const MOST = 300
const NAME =
  /(?:sku|asin|mpn|gtin|ean|upc|isbn|price|(?:product|prod|item|article|artikel|ad|deal|offer|good|goods|catalog|variant)[-_]?(?:id|no|nr|code|number|num|ref)|[-_:]pid|^pid|^id_product|^id)$/i

function namedValues(attributes: Record<string, string>): [string, string][] {
  const { name, value, type } = attributes
  const input: [string, string][] = name && value !== undefined && type !== 'radio' ? [[`input:${name}`, value]] : []
  const data = Object.entries(attributes).filter(([key]) => key.startsWith('data-'))
  return [...input, ...data]
    .map(([key, text]): [string, string] => [key.toLowerCase(), text.trim()])
    .filter(([key, text]) => NAME.test(key) && /^[^\s{}[\]]{1,40}$/.test(text) && /\d/.test(text))
}
