import type { DocumentModel, Extraction, Field, Fields } from '@stageline/domain'
import { calibrated, type Calibration } from '../calibration.ts'
import type { LinearModel } from '@stageline/models'
import { readAvailability } from './availability.ts'
import { shares } from './choose-candidate.ts'
import { isGtin } from './gtin.ts'
import { ownFacts } from './own-facts.ts'
import { viewPage } from './page-view.ts'
import { priceCandidates, type ProductCandidate } from './price-candidates.ts'
import { LABELS, printedAfter } from './printed-labels.ts'
import { productFacts, type ProductFact } from './product-facts.ts'
import type { ProductModel } from './product-model.ts'
import { skuCandidates } from './sku-candidates.ts'

/** Reads what a page sells: name, brand, price, currency, stock number, codes, availability. */
export function extractProductPage(model: DocumentModel, scorers: ProductModel): Extraction {
  const facts = productFacts(model)
  const { name, prices, skus, own } = productCandidates(model, facts)
  const told = [...facts, ...own.filter(({ isMain }) => isMain)]
  const price = choose(prices, scorers.price, scorers.calibration.price)
  const optional: Record<string, Field | undefined> = {
    name,
    brand:
      stated(told, /^(brand|brand_?name|product_?brand|manufacturer|(og|product):brand)$/) ??
      printedAfter(model, LABELS.brand),
    price,
    currency: price && readCurrency(facts, price),
    sku: choose(skus, scorers.sku, scorers.calibration.sku),
    mpn: stated(told, /^(mpn|manufacturer_?part_?number)$/) ?? printedAfter(model, LABELS.mpn),
    gtin: readGtin(told) ?? printedGtin(model),
    availability: readAvailability(model, facts),
  }
  const fields: Fields = Object.fromEntries(
    Object.entries(optional).flatMap(([key, field]): [string, Field][] => (field ? [[key, field]] : [])),
  )
  return { fields, lineItems: [] }
}

/** What may be the price and the stock number; training learns from the same. */
export function productCandidates(model: DocumentModel, facts = productFacts(model)) {
  const name = readName(facts)
  const address = addressOf(facts)
  const view = viewPage(model, String(name?.value ?? ''))
  const heading = view.lines[view.heading]?.text ?? ''
  const own = ownFacts(model, { name: heading || String(name?.value ?? ''), address })
  const all = [...facts, ...own]
  return { name, own, prices: priceCandidates(view, all), skus: skuCandidates(view, all, address) }
}

const addressOf = (facts: readonly ProductFact[]): string =>
  ['canonical', 'og:url', 'al:web:url', 'twitter:url'].flatMap(
    (name) => facts.find(({ property }) => property === name)?.value ?? [],
  )[0] ?? ''

function choose(
  candidates: ProductCandidate[],
  scorer: LinearModel,
  calibration: Calibration | undefined,
): Field | undefined {
  const ranked = shares(candidates, scorer)
  const [best] = ranked
  if (!best || ranked.reduce((left, { share }) => left - share, 1) > best.share) return undefined
  const { value, printed, source } = best.candidate
  const confidence = calibrated(calibration, best.share)
  return { value, confidence, source, ...(printed === value ? {} : { printed: printed.slice(0, 500) }) }
}

function stated(facts: readonly ProductFact[], property: RegExp): Field | undefined {
  const fact = facts.find(
    (candidate) => property.test(candidate.property) && !/^(?:n\/?a|null|none|-+|[$#{%<].*)$/i.test(candidate.value),
  )
  return (
    fact && {
      value: fact.value.slice(0, 500),
      confidence: CONFIDENCE[fact.form] ?? 0.92,
      source: { method: 'structured', path: fact.path },
    }
  )
}

/** What a page says for search engines is kept truer than what it says to itself. */
const CONFIDENCE: Partial<Record<ProductFact['form'], number>> = {
  meta: 0.8,
  opengraph: 0.8,
  script: 0.8,
  attributes: 0.7,
}

const readName = (facts: readonly ProductFact[]): Field | undefined =>
  stated(facts, /^name$/) ?? stated(facts, /^(og:title|twitter:title)$/) ?? stated(facts, /^title$/)

/** A GTIN counts only with a right check digit. */
function readGtin(facts: readonly ProductFact[]): Field | undefined {
  const right = facts.filter(({ property, value }) => {
    const code = value.replace(/[\s-]/g, '')
    return /^(gtin\d*|ean\d*|upc|isbn|barcode)$/.test(property)
      ? isGtin(code)
      : /^(sku|productid)$/.test(property) && code.length >= SURE_LENGTH && isGtin(code)
  })
  const field = stated(right, /^(gtin\d*|ean\d*|upc|isbn|barcode)$/) ?? stated(right, /./)
  return field && { ...field, value: String(field.value).replace(/[\s-]/g, '') }
}

/** A shop's own number of eight digits has a right check digit by chance, one in ten. */
const SURE_LENGTH = 12

function printedGtin(model: DocumentModel): Field | undefined {
  const field = printedAfter(model, LABELS.gtin)
  return field && isGtin(String(field.value)) ? field : undefined
}

const SIGNS: [RegExp, string][] = [
  [/€|\bEUR\b/, 'EUR'],
  [/£|\bGBP\b/, 'GBP'],
  [/US\$|\bUSD\b/, 'USD'],
  [/\$/, 'USD'],
  [/¥|円/, 'JPY'],
  [/\bCHF\b/, 'CHF'],
  [/zł|\bPLN\b/, 'PLN'],
  [/Kč|\bCZK\b/, 'CZK'],
  [/R\$|\bBRL\b/, 'BRL'],
  [/\b(lei|RON)\b/i, 'RON'],
  [/\bRs\.?/, 'PKR'],
  [/₹|\bINR\b/, 'INR'],
  [/원/, 'KRW'],
]

function readCurrency(facts: readonly ProductFact[], price: Field): Field | undefined {
  const named = stated(facts, /^(pricecurrency|(og|product):price:currency)$/)
  if (named && /^[A-Z]{3}$/.test(String(named.value))) return named
  const text = `${price.printed ?? ''} ${price.source?.text ?? ''}`
  const sign = SIGNS.find(([pattern]) => pattern.test(text))
  return (
    sign && {
      value: sign[1],
      confidence: sign[0].source === '\\$' ? 0.6 : 0.85,
      ...(price.source ? { source: price.source } : {}),
    }
  )
}
