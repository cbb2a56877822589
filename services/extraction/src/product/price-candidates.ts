import type { DocumentModel, FieldSource } from '@stageline/domain'
import { findAmounts, parseAmount } from '../values/parse-amount.ts'
import type { ProductFact } from './product-facts.ts'

export type ProductCandidate = { value: string; printed: string; source: FieldSource; features: Map<string, number> }

const CURRENCY =
  /[€£¥₹₩₽]|US\$|R\$|\$|\b(?:EUR|USD|GBP|CHF|SEK|PLN|RON|Lei|CZK|Kč|zł|kr|Rs|BRL|MXN|CAD|AUD|TL)\b|руб|円|元|원/i
const LABELS: [string, RegExp][] = [
  ['price', /\bprice|preis|prix|precio|prezzo|preço|cena|hinta|pret\b|価格|售價/i],
  ['old', /was\b|rrp|uvp|statt|list|regular|avant|antes|prima|instead|suositus|old|orig/i],
  [
    'ship',
    /ship|deliver|versand|livraison|envío|entrega|spedizione|postage|rate|month|monat|mois|mes\b|save|off\b|from/i,
  ],
  ['other', /also|similar|bought|related|recommend|ähnlich|aussi|viewed/i],
]

/** Prices in machine data and amounts with a currency in the text, with features for the scorer. */
export function priceCandidates(model: DocumentModel, facts: readonly ProductFact[], name: string): ProductCandidate[] {
  const stated = facts.flatMap((fact) => statedPrice(fact) ?? [])
  const printed = printedPrices(model, name)
  const values = [...stated, ...printed].map(({ value }) => Number(value))
  return [...stated, ...printed].map((candidate) => {
    const isEqual = ({ value }: ProductCandidate): boolean => Number(value) === Number(candidate.value)
    const same = values.filter((value) => value === Number(candidate.value)).length
    candidate.features.set(`same:${Math.min(same, 4)}`, 1)
    candidate.features.set(`agrees:${stated.some(isEqual)}${printed.some(isEqual)}`, 1)
    candidate.features.set(`anyStated:${stated.length > 0}`, 1)
    return candidate
  })
}

const PRICE_PROPERTY =
  /^(price|lowprice|highprice|minprice|maxprice|(og|product|twitter):(sale_)?price(:amount|:standard_amount)?|pricecurrencyamount)$/

function statedPrice(fact: ProductFact): ProductCandidate | undefined {
  if (!PRICE_PROPERTY.test(fact.property)) return undefined
  const amount = parseAmount(/\d[\d.,'\s]*/.exec(fact.value)?.[0]?.replace(/[\s.,']+$/, '') ?? '')
  if (!amount) return undefined
  const names = [
    `from:${fact.form}:${fact.property}`,
    `node:${Math.min(fact.node, 2)}`,
    `zero:${Number(amount.value) === 0}`,
  ]
  return {
    value: toCents(amount.value),
    printed: fact.value,
    source: { method: 'structured', path: fact.path },
    features: new Map(names.map((feature) => [feature, 1])),
  }
}

function printedPrices(model: DocumentModel, name: string): ProductCandidate[] {
  const lines = model.pages
    .flatMap((page) => page.lines.map((line) => ({ line, page: page.number })))
    .slice(0, MOST_LINES)
  const title = lines.findIndex(({ line }) => name !== '' && same(line.text, name))
  let order = 0
  return lines.flatMap(({ line, page }, at) => {
    const near = `${lines[at - 1]?.line.text ?? ''} ${line.text} ${lines[at + 1]?.line.text ?? ''}`
    if (line.text.length > 160 || !CURRENCY.test(near)) return []
    return findAmounts(line.text, { wholeNumbers: true }).map(({ value, printed, decimals }): ProductCandidate => {
      const own = CURRENCY.test(line.text)
      const names = [
        'from:text',
        `order:${Math.min(order++, 4)}`,
        `own:${own}`,
        `decimals:${decimals}`,
        `distance:${title < 0 ? 'none' : bucket(at - title)}`,
        `length:${Math.min(Math.floor(line.text.length / 8), 6)}`,
        `alone:${line.text.replace(/[\d.,\s]/g, '').length <= 4}`,
        ...LABELS.flatMap(([label, words]) => [
          ...(words.test(line.text) ? [`line:${label}`] : []),
          ...(words.test(lines[at - 1]?.line.text ?? '') ? [`above:${label}`] : []),
        ]),
      ]
      return {
        value: toCents(value),
        printed,
        source: { method: 'text', page, text: line.text.slice(0, 500) },
        features: new Map(names.map((feature) => [feature, 1])),
      }
    })
  })
}

const MOST_LINES = 1200
const bucket = (distance: number): string =>
  distance < 0 ? 'before' : String(Math.min(Math.floor(Math.log2(distance + 1)), 6))
/** `39.9` is `39.90`, `26.000` is `26.00`; whole amounts stay whole. */
const toCents = (value: string): string => value.replace(/\.(\d)$/, '.$10').replace(/(\.\d{2}\d*?)0+$/, '$1')

/** A heading often is the beginning of the name that the page gives itself, or the other way round. */
function same(line: string, name: string): boolean {
  const [a, b] = [plain(line), plain(name)]
  return a.length > 4 && (a === b || (a.length > 12 && b.startsWith(a)) || (b.length > 12 && a.startsWith(b)))
}
const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
