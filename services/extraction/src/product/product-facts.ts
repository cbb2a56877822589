import type { DocumentModel, StructuredPart } from '@stageline/domain'

/** One statement of a page's machine data about the thing it sells. */
export type ProductFact = {
  /** The property as schema.org or OpenGraph name it, in lower case: `price`, `sku`, `brand`, `availability` … */
  property: string
  value: string
  form: StructuredPart['form']
  path: string
  /** Which node of a product it belongs to, counted over the page; 0 is the first. */
  node: number
  /** In data of the page's own programs: whether the object names what the page is about. */
  isMain?: boolean
  /** How often it stands in attributes. */
  count?: number
}

/**
 * Collects the statements about products in JSON-LD, microdata, OpenGraph and meta data. Products inside other
 * products (related goods) and list items come after the one that the page is about.
 */
export function productFacts(model: Pick<DocumentModel, 'structured'>): ProductFact[] {
  let nodes = 0
  return model.structured.flatMap(({ form, data }) => {
    if (form === 'opengraph' || form === 'meta') return flatFacts(form, data)
    if (form !== 'json-ld' && form !== 'microdata') return []
    return productNodes(data, form, 0).flatMap(({ node, path }) => nodeFacts(node, form, path, nodes++))
  })
}

type Tree = Record<string, unknown>
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)
const MAX_DEPTH = 12

const SOLD =
  /(^|\/)(Product|ProductGroup|IndividualProduct|ProductModel|Car|Vehicle|Book|Event|SoftwareApplication|Movie|Offer|AggregateOffer)$/i
const typesOf = (tree: Tree): string[] =>
  [tree['@type']].flat().flatMap((type) => (typeof type === 'string' ? [type] : []))

function productNodes(value: unknown, path: string, depth: number): { node: Tree; path: string }[] {
  if (depth > MAX_DEPTH) return []
  if (Array.isArray(value))
    return value.flatMap((child, index) => productNodes(child, `${path}[${index + 1}]`, depth + 1))
  if (!isTree(value)) return []
  const inner = (): { node: Tree; path: string }[] =>
    Object.entries(value).flatMap(([key, child]) => productNodes(child, `${path}/${key}`, depth + 1))
  return typesOf(value).some((type) => SOLD.test(type)) ? [{ node: value, path }] : inner()
}

/** Properties of the node itself and of its offers, brand and price specification. */
function nodeFacts(tree: Tree, form: ProductFact['form'], path: string, node: number, depth = 0): ProductFact[] {
  if (depth > 4) return []
  return Object.entries(tree).flatMap(([key, value]) =>
    [value].flat().flatMap((one): ProductFact[] => {
      const place = `${path}/${key}`
      if (isTree(one))
        return NESTED.test(key)
          ? nodeFacts(/^(brand|manufacturer)$/i.test(key) ? { [key]: one['name'] } : one, form, place, node, depth + 1)
          : []
      const text = typeof one === 'string' || typeof one === 'number' ? String(one).trim() : ''
      return text && key !== '@type'
        ? [{ property: key.toLowerCase(), value: text, form, path: place.slice(0, 300), node }]
        : []
    }),
  )
}
const NESTED = /^(offers|offer|brand|manufacturer|pricespecification|itemoffered|hasvariant)$/i

function flatFacts(form: ProductFact['form'], data: unknown): ProductFact[] {
  if (!isTree(data)) return []
  return Object.entries(data).flatMap(([key, value]) =>
    [value].flat().flatMap((one) =>
      typeof one === 'string' && one.trim()
        ? [
            {
              property: propertyOf(data, key.toLowerCase()),
              value: one.trim(),
              form,
              path: key.slice(0, 300),
              node: 0,
            },
          ]
        : [],
    ),
  )
}

/** A Twitter card names what it shows: `twitter:label1` says "Price", `twitter:data1` how much. */
function propertyOf(data: Tree, key: string): string {
  const [, number] = /^twitter:data(\d)$/.exec(key) ?? []
  const label = number && data[`twitter:label${number}`]
  return typeof label === 'string' && PRICE_LABEL.test(label.trim()) ? 'twitter:price' : key
}
const PRICE_LABEL = /^(?:price|preis|prix|precio|prezzo|preço|cena|prijs|pris|hinta|pre[tț]|ár|цена|価格)$/i
