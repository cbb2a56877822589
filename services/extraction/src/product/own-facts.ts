import type { DocumentModel } from '@stageline/domain'
import { plain } from './page-view.ts'
import type { ProductFact } from './product-facts.ts'

/**
 * What a page tells its own programs about goods, in scripts and attributes. Pages list other goods there too: an object
 * is about the page's own where it has its name, or a code that stands in its address.
 */
export function ownFacts(
  model: Pick<DocumentModel, 'structured'>,
  page: { name: string; address: string },
): ProductFact[] {
  const objects = model.structured.flatMap(({ form, data }) => (form === 'script' ? listOf(data) : []))
  const attributes = model.structured.flatMap(({ form, data }) => (form === 'attributes' ? listOf(data) : []))
  return [
    ...objects.flatMap((object, node) => objectFacts(object, node, page)),
    ...attributes.flatMap((one) => attributeFact(one)),
  ]
}

type Tree = Record<string, unknown>
const listOf = (data: unknown): Tree[] =>
  Array.isArray(data) ? data.filter((one): one is Tree => typeof one === 'object' && one !== null) : []

function objectFacts(object: Tree, node: number, page: { name: string; address: string }): ProductFact[] {
  const values = Object.entries(object).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' && key !== '@path' ? [[key.toLowerCase(), value.trim()]] : [],
  )
  const isMain = values.some(([key, value]) => namesPage(key, value, page))
  const path = object['@path']
  const place = `script/${typeof path === 'string' ? path : ''}`
  return values.map(([property, value]) => ({
    property,
    value,
    form: 'script',
    path: `${place}/${property}`.slice(0, 300),
    node,
    isMain,
  }))
}

function namesPage(key: string, value: string, { name, address }: { name: string; address: string }): boolean {
  if (/name|title/.test(key)) return sameName(plain(value), plain(name))
  return value.length >= 5 && /\d/.test(value) && /id|sku|code|^pid|number/.test(key) && address.includes(value)
}

const sameName = (a: string, b: string): boolean =>
  a.length > 4 && b.length > 4 && (a === b || (a.length > 12 && b.includes(a)) || (b.length > 12 && a.includes(b)))

function attributeFact({ name, value, count }: Tree): ProductFact[] {
  if (typeof name !== 'string' || typeof value !== 'string') return []
  return [
    {
      property: name.replace(/^(?:data-|input:)/, ''),
      value,
      form: 'attributes',
      path: `attributes/${name}`.slice(0, 300),
      node: 0,
      count: typeof count === 'number' ? count : 1,
    },
  ]
}
