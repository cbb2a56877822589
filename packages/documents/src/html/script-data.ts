import type { StructuredPart } from '@stageline/domain'
import type { CheerioAPI } from 'cheerio'
import { literalObjects, type LiteralObject } from './literal-objects.ts'

/**
 * Objects about goods in the page's scripts and attributes: state for the browser (`application/json`), variables, data
 * layers, `data-product="{…}"`. Kept are objects that hold a price, a code or a stock, and of them the values that say
 * something about goods, each object as it stands, with its path.
 */
export function readScriptData($: CheerioAPI): StructuredPart[] {
  const sources = [...scriptTexts($), ...attributeTexts($)]
  const objects = sources.flatMap((source) =>
    literalObjects(unescaped(source))
      .map(aboutGoods)
      .filter((one) => one !== undefined),
  )
  const unlike = [...new Map(objects.map((object) => [JSON.stringify(object), object])).values()]
  return unlike.length > 0 ? [{ form: 'script', from: 'document', data: unlike.slice(0, MOST_OBJECTS) }] : []
}

const MOST_OBJECTS = 150
const MOST_LETTERS = 4_000_000

function scriptTexts($: CheerioAPI): string[] {
  return $('script')
    .toArray()
    .map((element) => $(element))
    .filter((script) => !/^\s*application\/ld\+json\b/i.test(script.attr('type') ?? ''))
    .map((script) => script.text())
    .filter((text) => text.includes('{') && text.length < MOST_LETTERS && GOODS.test(text))
}

/** Attributes that hold JSON, and the values of hidden inputs that do. */
function attributeTexts($: CheerioAPI): string[] {
  return $('*')
    .toArray()
    .flatMap((element) => ('attribs' in element ? Object.values(element.attribs) : []))
    .filter((value) => /^\s*[[{]/.test(value) && value.includes(':') && GOODS.test(value))
}

/** JSON inside a string of a script has its quotes escaped. */
const unescaped = (source: string): string =>
  /\{\\+"/.test(source) ? source.replaceAll(/\\+"/g, '"') : source.replaceAll(/\\u0022/gi, '"')

const GOODS = /price|sku|productid|product_id|asin|gtin|ean13/i
const TELLING =
  /^(?:\w*price\w*|value|amount|currency\w*|\w*sku\w*|\w*(?:product|item|article|prod|ad|deal|offer)_?(?:id|no|nr|code|number|ref\w*)|pid|id|code|reference|ref|model|\w*part_?number\w*|mpn|gtin\d*|ean\d*|upc|isbn|asin|barcode|name|title|\w*product_?name|brand\w*|manufacturer\w*|vendor|availab\w*|\w*in_?stock|stock\w*|quantity)$/i
const GOODS_KEY =
  /price|sku|mpn|gtin|^ean|asin|availab|stock|(product|item|article|prod|ad|deal)_?(id|no|code|number)|^pid$/i

function aboutGoods({ path, values }: LiteralObject): Record<string, string> | undefined {
  const telling = Object.entries(values).filter(
    ([key, value]) => TELLING.test(key) && value !== '' && value.length <= MOST_VALUE && !NO_VALUE.test(value),
  )
  if (!telling.some(([key]) => GOODS_KEY.test(key))) return undefined
  return { '@path': path.slice(-MOST_PATH), ...Object.fromEntries(telling) }
}

const NO_VALUE = /^(?:null|undefined)$/
const MOST_VALUE = 200
const MOST_PATH = 120
