import { withoutConsent } from './consent-lines.ts'
import { typeWords } from './type-words.ts'

/**
 * Named features of a document's text for the kind of document: words and word pairs with numbers masked by their
 * form, the words near the top on their own (titles stand there), words that name a kind in many languages, and coarse
 * counts of layout (lines, amounts, prices, prose), which hold for languages that no training text was in. Only the
 * beginning counts: kinds show early, and a price list of 200 pages should cost no more than a receipt.
 */
export function kindFeatures(text: string): Map<string, number> {
  const start = startOf(text)
  const words = tokens(start)
  const textual = new Set([
    ...words.map((word) => `w:${word}`),
    ...words.slice(1).map((word, index) => `b:${words[index]} ${word}`),
    ...tokens(start.slice(0, TOP_CHARACTERS)).map((word) => `t:${word}`),
  ])
  const value = 1 / Math.sqrt(Math.max(textual.size, 8))
  const features = new Map([...textual].map((name) => [name, value]))
  const layout = [...sizeFeatures(text.slice(0, MAX_CHARACTERS)), ...layoutFeatures(start), ...contentFeatures(start)]
  for (const name of layout) features.set(name, LAYOUT_WEIGHT)
  for (const name of typeWords(start, 4 * TOP_CHARACTERS)) features.set(name, TYPE_WEIGHT)
  return features
}

/** How much there is to judge by: the share of the beginning that is left without the notice about cookies. */
export const shareSeen = (text: string): number =>
  startOf(text).length / Math.max(1, Math.min(text.length, MAX_CHARACTERS))

const startOf = (text: string): string => withoutConsent(text.slice(0, MOST_CHARACTERS)).slice(0, MAX_CHARACTERS)

/** As much as may hold a notice about cookies before what counts. */
const MOST_CHARACTERS = 12_000
const MAX_CHARACTERS = 3000
const TOP_CHARACTERS = 250
const LAYOUT_WEIGHT = 0.25
const TYPE_WEIGHT = 0.5
const AMOUNT = /\d[.,]\d{2}(?!\d)/g

const tokens = (text: string): string[] =>
  (text.toLowerCase().match(/\p{L}+(?:['’-]\p{L}+)*|\d+(?:[.,:/-]\d+)*|[€$£%@#©]/gu) ?? []).map((token) =>
    /^\d/.test(token) ? numberForm(token) : token,
  )

function numberForm(token: string): string {
  if (/[.,]\d{2}$/.test(token)) return '#amount'
  if (/^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}$/.test(token)) return '#date'
  return token.length > 5 ? '#long' : '#number'
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim())

const sizeFeatures = (text: string): string[] => [
  `l:lines${bucket(linesOf(text).length)}`,
  `l:size${bucket(text.length)}`,
]

function layoutFeatures(text: string): string[] {
  const amounts = text.match(AMOUNT)?.length ?? 0
  const digits = text.match(/\d/g)?.length ?? 0
  return [
    `l:length${bucket(text.length / Math.max(linesOf(text).length, 1))}`,
    `l:amounts${bucket(amounts)}`,
    `l:digits${Math.round((10 * digits) / Math.max(text.length, 1))}`,
    `l:upper${Math.round((4 * (text.match(/\p{Lu}/gu)?.length ?? 0)) / Math.max(text.match(/\p{L}/gu)?.length ?? 1, 1))}`,
  ]
}

const PROSE_CHARACTERS = 120
/** An amount of money with the sign or code of its currency, on either side. */
const PRICE =
  /(?:\p{Sc}|(?<!\p{L})(?:EUR|USD|GBP|CHF|PLN|CZK|HUF|RON|SEK|NOK|DKK|BRL|INR|JPY|R\$|Rs|kr)\.?)\s?\d|\d\s?(?:\p{Sc}|(?:EUR|USD|GBP|CHF|PLN|CZK|HUF|RON|SEK|NOK|DKK|zł|kr|Kč|Ft|lei|руб|грн)(?!\p{L})|[元円원])/giu

/** How much of it is prices, and how much prose. */
function contentFeatures(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim())
  const prose = lines.reduce((sum, line) => sum + (line.length >= PROSE_CHARACTERS ? line.length : 0), 0)
  return [
    `l:prices${bucket(text.match(PRICE)?.length ?? 0)}`,
    `l:labels${bucket(lines.filter((line) => line.length < PROSE_CHARACTERS && line.match(PRICE)).length)}`,
    `l:prose${Math.round((5 * prose) / Math.max(text.length, 1))}`,
  ]
}

const bucket = (count: number): number => Math.round(Math.log2(count + 1))
