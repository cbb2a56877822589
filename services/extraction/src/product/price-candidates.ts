import type { FieldSource } from '@stageline/domain'
import { parseAmount } from '../values/parse-amount.ts'
import type { PageView } from './page-view.ts'
import { printedPrices, type PrintedPrice } from './printed-prices.ts'
import type { ProductFact } from './product-facts.ts'

export type ProductCandidate = { value: string; printed: string; source: FieldSource; features: Map<string, number> }

/** Each amount that may be the price, once, with all that speaks for it: machine data, and where it is printed. */
export function priceCandidates(view: PageView, facts: readonly ProductFact[]): ProductCandidate[] {
  const stated = facts.flatMap(statedPrices)
  const printed = printedPrices(view)
  const values = new Set([...stated, ...printed].map(({ value }) => Number(value)))
  const page: Page = {
    formal: new Set(stated.filter(isFormal).map(({ value }) => Number(value))).size,
    hasPrinted: printed.length > 0,
  }
  return [...values].map((amount) => {
    const of = <P extends { value: string }>(prices: P[]): P[] => prices.filter(({ value }) => Number(value) === amount)
    const [told, shown] = [of(stated), of(printed)]
    const minor = stated.filter(
      ({ channel, value }) => channel === 'script' && Number(value) === Math.round(amount * 100),
    )
    return candidate(told, shown, minor.length > 0, page)
  })
}

type Stated = { value: string; fact: ProductFact; channel: string; traits: string[] }

const PRICE_PROPERTY =
  /^(?:price|lowprice|highprice|minprice|maxprice|(?:og|product|twitter):(?:sale_)?price(?::amount|:standard_amount)?|pricecurrencyamount)$/
const NOT_A_PRICE =
  /currency|valid|type|label|range|format(?!ted)|text|count|code|symbol|html|id$|sku|ean|max|tax|ship|unit|hide|display|book/
const OLD = /list|old|was|regular|orig|msrp|retail|compare|full|before|base|strik|rrp|high|normal|standard/

function statedPrices(fact: ProductFact): Stated[] {
  const isOwn = isOwnData(fact)
  if (
    isOwn
      ? !/price|preis|^amount$/.test(fact.property) || NOT_A_PRICE.test(fact.property)
      : !PRICE_PROPERTY.test(fact.property)
  )
    return []
  if (fact.value.length > 40) return []
  const kind = /high|max/.test(fact.property)
    ? 'high'
    : /low|min/.test(fact.property)
      ? 'low'
      : OLD.test(fact.property)
        ? 'old'
        : 'price'
  const node = isOwn ? (fact.isMain ? 'main' : 'other') : String(Math.min(fact.node, 1))
  return machineValues(fact.value).map((value) => ({
    value: toCents(value),
    fact,
    channel: fact.form,
    traits: [`${fact.form}:${kind}:${node}`],
  }))
}

/** Programs write decimals with a point, whatever the country; but some shops give them `12.500` for twelve thousand. */
function machineValues(text: string): string[] {
  const number = /\d[\d.,'\s]*/.exec(text)?.[0]?.replace(/[\s.,']+$/, '') ?? ''
  if (/^\d+\.\d+$/.test(number)) return /^\d{1,3}\.\d{3}$/.test(number) ? [number, number.replace('.', '')] : [number]
  const amount = parseAmount(number)
  return amount ? [amount.value] : []
}

const isOwnData = ({ form }: ProductFact): boolean => form === 'script' || form === 'attributes'

/** How many amounts the page states for search engines, and whether it prints any. */
type Page = { formal: number; hasPrinted: boolean }

const isFormal = ({ channel }: Stated): boolean => channel !== 'script' && channel !== 'attributes'

function candidate(told: Stated[], shown: PrintedPrice[], minor: boolean, page: Page): ProductCandidate {
  const best = shown.toSorted((a, b) => quality(b) - quality(a))[0]
  const channels = new Set([...told.map(({ channel }) => channel), ...(shown.length > 0 ? ['text'] : [])])
  const formal = told.filter(isFormal)
  const value = (formal[0] ?? best ?? told[0])!.value
  const names = new Set([
    ...told.flatMap(({ traits }) => traits),
    ...[...(best?.traits ?? [])].map((trait) => `text:${trait}`),
    `channels:${Math.min(channels.size, 4)}`,
    `times:${Math.min(shown.length, 4)}`,
    ...(minor ? ['script:minor'] : []),
    ...(Number(value) === 0 ? ['zero'] : []),
    ...(page.formal > 0 && formal.length === 0 ? ['unstated'] : []),
    ...(formal.length > 0 ? statedTraits(page, best) : []),
    ...(best && formal.length === 0 && told.length > 0 ? ['own:printed'] : []),
  ])
  const source: FieldSource = formal[0]
    ? { method: 'structured', path: formal[0].fact.path }
    : best
      ? { method: 'text', page: best.page, text: best.text.slice(0, 500) }
      : { method: 'structured', path: told[0]!.fact.path }
  const printed = formal[0]?.fact.value ?? best?.printed ?? told[0]!.fact.value
  return { value, printed, source, features: new Map([...names].map((name) => [name, 1])) }
}

/** What a page states counts less where it states another amount too, prints none of it, or prints it as the old one. */
const statedTraits = ({ formal, hasPrinted }: Page, best: PrintedPrice | undefined): string[] => [
  `stated:${best ? 'printed' : hasPrinted ? 'hidden' : 'alone'}`,
  `stated:${formal === 1 ? 'only' : 'rival'}`,
  ...(best && (best.traits.has('line:old') || best.traits.has('in:struck')) ? ['stated:old'] : []),
]

/** Which of the places where an amount stands speaks for it: not the small print, not a neighbour's. */
function quality({ traits }: PrintedPrice): number {
  const worth: [string, number][] = [
    ['currency:beside', 2],
    ['currency:none', -2],
    ['in:price', 2],
    ['line:price', 1],
    ['short:true', 1],
    ['alike:1', 1],
    ['place:buying', 2],
    ['place:close', 1],
    ['place:others', -2],
    ['place:before', -2],
    ['in:struck', -3],
    ['in:chrome', -3],
    ['in:others', -2],
    ['around:others', -1],
    ['alike:many', -1],
    ['line:old', -2],
    ['line:ship', -2],
    ['line:rate', -2],
    ['line:unit', -1],
  ]
  return worth.reduce((sum, [trait, points]) => sum + (traits.has(trait) ? points : 0), 0)
}

/** `39.9` is `39.90`, `26.000` is `26.00`; whole amounts stay whole. */
const toCents = (value: string): string => value.replace(/\.(\d)$/, '.$10').replace(/(\.\d{2}\d*?)0+$/, '$1')
