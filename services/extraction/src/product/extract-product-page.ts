import type { DocumentModel, Extraction, Field, Fields } from '@stageline/domain'
import { calibrated, type Calibration } from '../calibration.ts'
import { rank } from '../chance.ts'
import type { LinearModel } from '@stageline/models'
import { readAvailability } from './availability.ts'
import { priceCandidates, type ProductCandidate } from './price-candidates.ts'
import { LABELS, printedAfter } from './printed-labels.ts'
import { productFacts, type ProductFact } from './product-facts.ts'
import type { ProductModel } from './product-model.ts'
import { skuCandidates } from './sku-candidates.ts'

/** Reads what a page sells: name, brand, price, currency, stock number, codes, availability. */
export function extractProductPage(model: DocumentModel, scorers: ProductModel): Extraction {
  const facts = productFacts(model)
  const name = readName(facts)
  const price = choose(
    priceCandidates(model, facts, String(name?.value ?? '')),
    scorers.price,
    scorers.calibration.price,
    0.1,
  )
  const optional: Record<string, Field | undefined> = {
    name,
    brand: stated(facts, /^(brand|manufacturer|(og|product):brand)$/) ?? printedAfter(model, LABELS.brand),
    price,
    currency: price && readCurrency(facts, price),
    sku: choose(skuCandidates(model, facts), scorers.sku, scorers.calibration.sku, 0.05),
    mpn: stated(facts, /^mpn$/) ?? printedAfter(model, LABELS.mpn),
    gtin: readGtin(facts) ?? printedGtin(model),
    availability: readAvailability(model, facts),
  }
  const fields: Fields = Object.fromEntries(
    Object.entries(optional).flatMap(([key, field]): [string, Field][] => (field ? [[key, field]] : [])),
  )
  return { fields, lineItems: [] }
}

/** Where machine data hold the chosen value too, they are named as its source. */
function choose(
  candidates: ProductCandidate[],
  scorer: LinearModel,
  calibration: Calibration | undefined,
  leastScore: number,
): Field | undefined {
  const [best] = rank(candidates, scorer)
  if (!best || best.score < leastScore) return undefined
  const { value } = best.candidate
  const twin = candidates.find((other) => other.value === value && other.source.method === 'structured')
  const { printed, source } = twin ?? best.candidate
  const confidence = calibrated(calibration, best.score)
  return { value, confidence, source, ...(printed === value ? {} : { printed: printed.slice(0, 500) }) }
}

function stated(facts: readonly ProductFact[], property: RegExp): Field | undefined {
  const fact = facts.find(
    (candidate) => property.test(candidate.property) && !/^(n\/?a|null|none|-+)$/i.test(candidate.value),
  )
  return (
    fact && {
      value: fact.value.slice(0, 500),
      confidence: fact.form === 'meta' || fact.form === 'opengraph' ? 0.8 : 0.92,
      source: { method: 'structured', path: fact.path },
    }
  )
}

const readName = (facts: readonly ProductFact[]): Field | undefined =>
  stated(facts, /^name$/) ?? stated(facts, /^(og:title|twitter:title)$/) ?? stated(facts, /^title$/)

/** A GTIN counts only with a right check digit (GS1 General Specifications 7.9) and not made of noughts. */
function readGtin(facts: readonly ProductFact[]): Field | undefined {
  const right = facts.filter(
    ({ property, value }) => /^(gtin\d*|ean|isbn|sku|productid)$/.test(property) && isGtin(value.replace(/[\s-]/g, '')),
  )
  const field = stated(right, /^(gtin\d*|ean|isbn)$/) ?? stated(right, /./)
  return field && { ...field, value: String(field.value).replace(/[\s-]/g, '') }
}

function printedGtin(model: DocumentModel): Field | undefined {
  const field = printedAfter(model, LABELS.gtin)
  return field && isGtin(String(field.value)) ? field : undefined
}

export function isGtin(code: string): boolean {
  if (!/^(\d{8}|\d{12,14})$/.test(code) || /^0+$/.test(code)) return false
  const digits = [...code].map(Number).reverse()
  return digits.reduce((sum, digit, at) => sum + digit * (at % 2 === 1 ? 3 : 1), 0) % 10 === 0
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
