import { folded } from './name-similarity.ts'

/** What is known of a product when it is compared; what is not known is absent. */
export type ProductRecord = {
  name: string
  description?: string | undefined
  brand?: string | undefined
  mpn?: string | undefined
  price?: number | undefined
}

/** How much a word tells products apart: the logarithm of how seldom it stands in their names. */
export type WordWeights = (word: string) => number

/** A record taken apart for comparing. */
export type ProductText = {
  record: ProductRecord
  /** Words of brand and name with their weights. */
  words: Map<string, number>
  /** Words of the description too. */
  allWords: Map<string, number>
  /** Plain numbers, also those before a unit. */
  numbers: Set<string>
  /** Values by unit: `gb` to `500`. */
  measures: Map<string, Set<string>>
  /** By their common names, also from the article number, where they are often short. */
  colours: Set<string>
  /** Letters with digits, or long numbers: what a model or article number looks like. Without separators. */
  codes: string[]
  /** Name, and name with number and description, as letters and digits without anything between. */
  squeezed: string
  squeezedAll: string
  /** Of the squeezed name. */
  trigrams: Set<string>
  /** Sums over the words, kept because every comparison takes them. */
  weight: number
  norm: number
  brand: string
  mpn: string
}

export function readProduct(record: ProductRecord, weightOf: WordWeights): ProductText {
  const name = withBrand(record)
  const tokens = tokensOf(name)
  const all = record.description ? [...tokens, ...tokensOf(record.description)] : tokens
  const weigh = (words: string[]) => new Map(words.map((word) => [word, weightOf(word)]))
  const words = weigh(tokens.flatMap(({ words }) => words))
  const squeezed = squeeze(record.name)
  return {
    record,
    words,
    weight: total(words.values()),
    norm: Math.sqrt(total([...words.values()].map((weight) => weight * weight))),
    allWords: weigh(all.flatMap(({ words }) => words)),
    numbers: new Set(tokens.flatMap(({ number }) => number ?? [])),
    measures: measuresOf(tokens),
    colours: coloursOf(words.keys(), record.mpn),
    codes: codesIn(tokens),
    squeezed,
    trigrams: trigramsOf(squeezed),
    squeezedAll: squeeze(`${record.name} ${record.mpn ?? ''} ${record.description ?? ''}`),
    brand: squeeze(record.brand ?? ''),
    mpn: squeeze(record.mpn ?? ''),
  }
}

export const total = (weights: Iterable<number>): number => {
  let sum = 0
  for (const weight of weights) sum += weight
  return sum
}

const trigramsOf = (text: string): Set<string> =>
  new Set(Array.from({ length: Math.max(0, text.length - 2) }, (_, index) => text.slice(index, index + 3)))

function measuresOf(tokens: Token[]): Map<string, Set<string>> {
  const measures = new Map<string, Set<string>>()
  for (const { unit, number } of tokens) {
    if (unit && number) measures.set(unit, (measures.get(unit) ?? new Set()).add(number))
  }
  return measures
}

const COLOURS = new Map(
  Object.entries({
    black: 'black blk bk noir ebony onyx',
    white: 'white wht whi',
    red: 'red',
    blue: 'blue blu navy',
    green: 'green grn',
    yellow: 'yellow ylw',
    orange: 'orange',
    pink: 'pink pnk rose',
    purple: 'purple violet',
    silver: 'silver slv',
    grey: 'grey gray gunmetal',
    brown: 'brown brn',
    gold: 'gold',
    magenta: 'magenta',
    cyan: 'cyan',
    beige: 'beige tan',
    clear: 'clear transparent',
    teal: 'teal turquoise',
    camouflage: 'camouflage camo',
  }).flatMap(([colour, names]) => names.split(' ').map((name) => [name, colour])),
)

const coloursOf = (words: Iterable<string>, mpn = ''): Set<string> =>
  new Set([...words, ...mpn.toLowerCase().split(/[^a-z]+/)].flatMap((word) => COLOURS.get(word) ?? []))

/** The words of brand and name. */
export const wordsIn = (record: ProductRecord): string[] => tokensOf(withBrand(record)).flatMap(({ words }) => words)

/** Letters and digits without what stands between them. */
export const squeeze = (text: string): string => folded(text).replaceAll(' ', '')

function withBrand({ name, brand }: ProductRecord): string {
  return brand && !squeeze(name).includes(squeeze(brand)) ? `${brand} ${name}` : name
}

/** What looks like a model or article number in a name, without separators. */
export const codesOf = (name: string): string[] => codesIn(tokensOf(name))

const codesIn = (tokens: Token[]): string[] => [...new Set(tokens.flatMap(({ code }) => code ?? []))]

type Token = { words: string[]; number?: string; unit?: string; code?: string }

function tokensOf(text: string): Token[] {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/(?<=\d),(?=\d{3})/g, '')
  return [...plain.matchAll(WORD)].flatMap(([word], index, all) =>
    tokenOf(word, all[index + 1]?.[0] ?? '', all[index - 1]?.[0] ?? ''),
  )
}

const WORD = /[\p{L}\p{N}]+(?:[.\-/_][\p{L}\p{N}]+)*|["']/gu

const UNITS = new Map(
  Object.entries({
    in: 'inch inches in " \' diagonal',
    l: 'l liter liters litre litres ltr',
    ml: 'ml',
    g: 'g gram grams gr',
    ft: 'ft feet foot',
    m: 'm meter meters metre metres',
    cm: 'cm',
    mm: 'mm',
    gb: 'gb gigabyte gigabytes',
    tb: 'tb terabyte',
    mb: 'mb megabyte megabytes',
    mp: 'mp megapixel megapixels',
    w: 'w watt watts',
    v: 'v volt volts',
    va: 'va',
    mah: 'mah',
    hz: 'hz',
    mhz: 'mhz',
    ghz: 'ghz',
    rpm: 'rpm',
    kg: 'kg',
    lb: 'lb lbs pound pounds',
    oz: 'oz ounce ounces',
    pack: 'pack pk packs pcs pc count ct pieces box carton ctn set',
    user: 'user users u license licenses lic seat seats',
    port: 'port ports',
    sheet: 'sheet sheets',
    page: 'page pages',
    x: 'x',
    cuft: 'cu',
    btu: 'btu',
    p: 'p',
    bit: 'bit',
    year: 'year years yr',
    disc: 'disc discs cd dvd',
  }).flatMap(([unit, names]) => names.split(' ').map((name) => [name, unit])),
)

const MEASURE = /^(\d+(?:\.\d+)?)-?([a-z]+)$/
const NUMBER = /^\d+(?:\.\d+)?$/

function tokenOf(word: string, next: string, before: string): Token[] {
  const measure = MEASURE.exec(word)
  const unit = UNITS.get(measure?.[2] ?? '')
  if (measure && unit) return [measured(measure[1]!, unit)]
  if (NUMBER.test(word)) return [numberToken(word, next)]
  if (!/\d/.test(word)) return NUMBER.test(before) && UNITS.has(word) ? [] : wordsOf(word)
  const code = word.replace(/[^\p{L}\p{N}]/gu, '')
  return [{ words: [code], ...(code.length >= 4 ? { code } : {}), ...versionIn(word) }]
}

function numberToken(word: string, next: string): Token {
  const unit = UNITS.get(next)
  if (unit) return measured(word, unit)
  const number = plainNumber(word)
  return { words: [number], number, ...(number.length >= 4 && !isYear(number) ? { code: number } : {}) }
}

const measured = (digits: string, unit: string): Token => {
  const number = plainNumber(digits)
  return { words: [`${number}${unit}`], number, unit }
}

const wordsOf = (word: string): Token[] =>
  word
    .split(/[^\p{L}]+/u)
    .filter(Boolean)
    .map((part) => ({ words: [part] }))

/** `v2.0`, `x3`, `cs3`: short letters before a number are a version. */
function versionIn(word: string): { number?: string } {
  const digits = /^[a-z]{1,3}(\d+(?:\.\d+)?)$/.exec(word)?.[1]
  return digits && digits.length <= 4 ? { number: plainNumber(digits) } : {}
}

const plainNumber = (digits: string): string => String(Number(digits))

/** A number with its unit: `500gb`. */
export const isMeasure = (word: string): boolean => UNITS.has(MEASURE.exec(word)?.[2] ?? '')

export const isYear = (number: string): boolean => /^(?:19[89]|20[0-4])\d$/.test(number)
