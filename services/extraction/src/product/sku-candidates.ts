import type { DocumentModel } from '@stageline/domain'
import type { ProductCandidate } from './price-candidates.ts'
import type { ProductFact } from './product-facts.ts'

const PROPERTY =
  /^(sku|productid|mpn|gtin\d*|identifier|product:(retailer_item_id|sku)|retailer_item_id|model|ean|isbn)$/
const LABEL =
  /\b(sku|asin|item\s*(?:no|number|model|id|code|#)|art(?:icle|ikel|\.)?\s*-?\s*(?:no|nr|nummer|number)|product\s*(?:code|id|no)|ref(?:erence|\.|erencia|érence)?|código|code|cod\.?|katalogov\p{L}*|šifra|model(?:lo)?|style|catalog|id)\s*[:#.]?\s*/iu
const TOKEN = /[\p{L}\d][\p{L}\d._/-]{2,29}/gu

/** Stock numbers in machine data, behind labels in the text, and tokens of the page's own address. */
export function skuCandidates(model: DocumentModel, facts: readonly ProductFact[]): ProductCandidate[] {
  const address = facts.find(({ property }) => property === 'canonical' || property === 'og:url')
  const text = model.pages.flatMap(({ lines }) => lines.slice(0, 1500).map((line) => line.text)).join('\n')
  const candidates = [
    ...facts.flatMap((fact) => stated(fact) ?? []),
    ...labelled(model),
    ...(address ? fromAddress(address) : []),
  ]
  const values = candidates.map(({ value }) => value)
  return candidates.map((candidate) => {
    const { value, features } = candidate
    features.set(`same:${Math.min(values.filter((other) => other === value).length, 3)}`, 1)
    features.set(`inAddress:${address?.value.includes(value) ?? 'none'}`, 1)
    features.set(`inText:${text.includes(value)}`, 1)
    features.set(`form:${/^\d+$/.test(value) ? 'digits' : /\d/.test(value) ? 'mixed' : 'letters'}`, 1)
    features.set(`length:${Math.min(value.length, 14)}`, 0.5)
    features.set(`anySku:${facts.some(({ property }) => property === 'sku')}`, 1)
    return candidate
  })
}

function stated(fact: ProductFact): ProductCandidate | undefined {
  if (!PROPERTY.test(fact.property) || fact.value.length > 40) return undefined
  const features = new Map([
    [`from:${fact.form}:${fact.property}`, 1],
    [`node:${Math.min(fact.node, 2)}`, 1],
  ])
  return { value: fact.value, printed: fact.value, source: { method: 'structured', path: fact.path }, features }
}

function labelled(model: DocumentModel): ProductCandidate[] {
  const lines = model.pages
    .flatMap((page) => page.lines.map((line) => ({ text: line.text, page: page.number })))
    .slice(0, 1500)
  return lines.flatMap(({ text, page }, at) => {
    const label = text.length < 90 ? LABEL.exec(text) : null
    if (!label) return []
    const rest = text.slice(label.index + label[0].length).trim()
    const [value] = (rest || lines[at + 1]?.text || '').match(TOKEN) ?? []
    if (!value || !/\d/.test(value)) return []
    const features = new Map([
      ['from:text', 1],
      [
        `label:${label[1]!
          .toLowerCase()
          .replace(/[^\p{L}]/gu, '')
          .slice(0, 6)}`,
        1,
      ],
      [`rest:${rest ? 'same' : 'next'}`, 1],
      [`length:${text.length < 30}`, 1],
    ])
    return [{ value, printed: value, source: { method: 'text' as const, page, text: text.slice(0, 500) }, features }]
  })
}

function fromAddress(address: ProductFact): ProductCandidate[] {
  const [, path = ''] = /^https?:\/\/[^/]+(\/.*)$/.exec(address.value) ?? []
  const tokens = path.split(/[/?&=#]|\.html?$|\.php/).filter(Boolean)
  const parts = tokens.flatMap((token, index) => {
    const tail = /(?:^|[-_])([a-z]{0,4}\d[\w-]*|\w*\d{4,}\w*)(?:\.\w+)?$/i.exec(token)?.[1]
    const pieces = [token, ...(tail && tail !== token ? [tail] : []), ...(tail?.match(/\d{4,}/g) ?? [])]
    return [...new Set(pieces)].map((piece) => ({
      piece,
      last: index === tokens.length - 1,
      before: tokens[index - 1] ?? '',
    }))
  })
  return parts
    .filter(({ piece }) => /\d/.test(piece) && piece.length >= 3 && piece.length <= 30)
    .map(({ piece, last, before }) => ({
      value: piece,
      printed: piece,
      source: { method: 'structured', path: address.path },
      features: new Map([
        ['from:address', 1],
        [`last:${last}`, 1],
        [`before:${before.length <= 8 ? before.toLowerCase() : 'long'}`, 1],
      ]),
    }))
}
