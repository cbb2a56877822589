import type { Features } from './product-features.ts'
import { isMeasure, isYear, squeeze, total, type ProductText } from './product-text.ts'

export const VALUE_FIELDS = ['brand', 'mpn'] as const
export type ValueField = (typeof VALUE_FIELDS)[number]

/** A row of the catalogue that may be the product, with the chance that it is. */
export type Row = { text: ProductText; chance: number }

/** A value that a field may have, as it is printed, and what speaks for it. `row` is the index of a row that has it. */
export type ValueCandidate = { value: string; row: number | undefined; features: Features }

/** Rows whose values come into question. */
const NEAREST = 3

/**
 * What could be the brand or the maker's number of a product: what the nearest rows of the catalogue have, and what
 * stands in its own name. Rows come best first.
 */
export function valueCandidates(field: ValueField, product: ProductText, rows: readonly Row[]): ValueCandidate[] {
  const found = field === 'brand' ? brandsFor(product, rows) : numbersFor(product, rows)
  const distinct = [...Map.groupBy(found, ({ key }) => key).values()].map((same) => same[0]!)
  const describe = field === 'brand' ? describeBrand : describeNumber
  return distinct.map((candidate) => ({
    value: candidate.value,
    row: rowWith(field, candidate.key, rows),
    features: { ...describe(candidate.key, candidate.value, product, rows), ...beside(candidate, distinct) },
  }))
}

type Found = { key: string; value: string }

const foundOf = (values: (string | undefined)[]): Found[] =>
  values.flatMap((value) => (value && squeeze(value) ? [{ key: squeeze(value), value }] : []))

function brandsFor(product: ProductText, rows: readonly Row[]): Found[] {
  const known = rows
    .filter(({ text }, index) => index < NEAREST || (text.brand.length >= 2 && product.squeezed.startsWith(text.brand)))
    .map(({ text }) => text.record.brand)
  const printed = printedWords(product)
  return foundOf([...known, ...[1, 2, 3].map((count) => printed.slice(0, count).join(' '))])
}

function numbersFor(product: ProductText, rows: readonly Row[]): Found[] {
  const near = rows.slice(0, NEAREST)
  const written = [product, ...near.map(({ text }) => text)].flatMap((text) =>
    printedWords(text).filter((word) => /\d/.test(word) && squeeze(word).length >= 3),
  )
  return foundOf([...near.map(({ text }) => text.record.mpn), ...written])
}

/** Words of the name as they are printed, without the signs around them. */
const printedWords = ({ record }: ProductText): string[] =>
  record.name
    .split(/\s+/)
    .map((word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''))
    .filter(Boolean)

const rowWith = (field: ValueField, key: string, rows: readonly Row[]): number | undefined => {
  const index = rows.findIndex(({ text }) => text[field] === key || text.squeezed.includes(key))
  return index >= 0 && index < NEAREST ? index : undefined
}

function beside({ key }: Found, all: readonly Found[]): Features {
  const others = all.filter((other) => other.key !== key)
  return {
    within: others.some((other) => other.key.includes(key)) ? 1 : 0,
    around: others.some((other) => key.includes(other.key)) ? 1 : 0,
    candidates: all.length,
    length: key.length,
  }
}

function describeBrand(key: string, value: string, product: ProductText, rows: readonly Row[]): Features {
  const [first] = rows
  const same = rows.filter(({ text }) => text.brand === key)
  return {
    chance: first?.chance ?? 0,
    ofFirst: agreement(first?.text.brand, key),
    ofSecond: agreement(rows[1]?.text.brand, key),
    sameBrand: same.length,
    sameShare: same.length / Math.max(rows.length, 1),
    bestRow: Math.max(0, ...same.map(({ chance }) => chance)),
    allRows: total(same.map(({ chance }) => chance)),
    noRow: 1 - total(rows.map(({ chance }) => chance)),
    ownStart: product.squeezed.startsWith(key) ? 1 : 0,
    inName: product.squeezed.includes(key) ? 1 : 0,
    inFirst: first?.text.squeezed.includes(key) ? 1 : 0,
    startsRows: rows.filter(({ text }) => text.squeezed.startsWith(key)).length,
    words: value.split(/\s+/).length,
    rarity: Math.min(...value.split(/\s+/).map((word) => product.words.get(squeeze(word)) ?? 0)),
  }
}

function describeNumber(key: string, value: string, product: ProductText, rows: readonly Row[]): Features {
  const [first] = rows
  const having = rows.filter(({ text }) => text.squeezed.includes(key) || text.mpn === key)
  const digits = key.replace(/\D/g, '').length
  return {
    chance: first?.chance ?? 0,
    ofFirst: agreement(first?.text.mpn, key),
    ofSecond: agreement(rows[1]?.text.mpn, key),
    bestRow: Math.max(0, ...having.map(({ chance }) => chance)),
    allRows: total(having.map(({ chance }) => chance)),
    asNumber: total(rows.filter(({ text }) => text.mpn === key).map(({ chance }) => chance)),
    noRow: 1 - total(rows.map(({ chance }) => chance)),
    having: having.length,
    rarity: Math.max(0, ...[product, ...rows.map(({ text }) => text)].map(({ words }) => words.get(key) ?? 0)),
    digits: digits / key.length,
    digitCount: digits,
    separators: value.length - key.length,
    measure: isMeasure(key) ? 1 : 0,
    year: isYear(key) ? 1 : 0,
    ...placeIn('own', key, product),
    ...placeIn('row', key, first?.text),
  }
}

/** 3 equal, 2 and 1 one within the other, 0 another, -1 not known. */
function agreement(known: string | undefined, key: string): number {
  if (!known) return -1
  if (known === key) return 3
  return known.includes(key) ? 2 : key.includes(known) ? 1 : 0
}

/** Where a name has the number: how many words from its beginning and end, and whether a dash follows. */
function placeIn(side: string, key: string, text: ProductText | undefined): Features {
  const words = text?.record.name.split(/\s+/) ?? []
  const at = words.findIndex((word) => squeeze(word) === key)
  return {
    [`${side}Place`]: at,
    [`${side}End`]: at < 0 ? -1 : words.length - 1 - at,
    [`${side}Dash`]: at < 0 ? -1 : words[at + 1] === '-' ? 1 : 0,
    [`${side}DashBefore`]: at < 0 ? -1 : words[at - 1] === '-' ? 1 : 0,
    [`${side}Within`]: text?.squeezed.includes(key) ? 1 : 0,
  }
}
