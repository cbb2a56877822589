/**
 * Named features of a document's text for the kind of document: words and word pairs with numbers masked by their
 * form, the words near the top on their own (titles stand there), and coarse counts of layout (lines, amounts, digits),
 * which hold for languages that no training text was in. Only the beginning counts: kinds show early, and a price list
 * of 200 pages should cost no more than a receipt.
 */
export function kindFeatures(text: string): Map<string, number> {
  const start = text.slice(0, MAX_CHARACTERS)
  const words = tokens(start)
  const textual = new Set([
    ...words.map((word) => `w:${word}`),
    ...words.slice(1).map((word, index) => `b:${words[index]} ${word}`),
    ...tokens(start.slice(0, TOP_CHARACTERS)).map((word) => `t:${word}`),
  ])
  const value = 1 / Math.sqrt(Math.max(textual.size, 8))
  const features = new Map([...textual].map((name) => [name, value]))
  for (const name of layoutFeatures(start)) features.set(name, LAYOUT_WEIGHT)
  for (const name of typeWords(start)) features.set(name, TYPE_WEIGHT)
  return features
}

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

function layoutFeatures(text: string): string[] {
  const lines = text.split('\n').filter((line) => line.trim())
  const amounts = text.match(AMOUNT)?.length ?? 0
  const digits = text.match(/\d/g)?.length ?? 0
  return [
    `l:lines${bucket(lines.length)}`,
    `l:length${bucket(text.length / Math.max(lines.length, 1))}`,
    `l:size${bucket(text.length)}`,
    `l:amounts${bucket(amounts)}`,
    `l:digits${Math.round((10 * digits) / Math.max(text.length, 1))}`,
    `l:upper${Math.round((4 * (text.match(/\p{Lu}/gu)?.length ?? 0)) / Math.max(text.match(/\p{L}/gu)?.length ?? 1, 1))}`,
  ]
}

const bucket = (count: number): number => Math.round(Math.log2(count + 1))

/** Words that name a kind in English, German and French; anywhere, and near the top. */
const TYPE_WORDS: Record<string, RegExp> = {
  credit:
    /\b(credit (note|memo|advice)|gutschrift|stornorechnung|rechnungskorrektur|avoir|note de crédit|creditfactuur|creditnota|nota de crédito|nota di credito)(?![\p{L}])/iu,
  invoice: /(?<![\p{L}])(invoice|rechnung|\p{L}*rechnung|facture|\p{L}*factuur|factura|fattura)(?![\p{L}])/iu,
  receipt:
    /\b(receipt|cash sale|cashier|kassenbon|quittung|beleg-?nr|ticket|change due|tendered|bar gegeben|rendu)\b/iu,
  datasheet:
    /\b(data ?sheet|datenblatt|fiche technique|absolute maximum ratings|electrical characteristics|pin (configuration|description)|ordering information|typical application)\b/iu,
  cart: /\b(add to (cart|basket|bag)|in den warenkorb|ajouter au panier|añadir al carrito|buy now|in stock|out of stock|free shipping)\b/iu,
}

function typeWords(text: string): string[] {
  const top = text.slice(0, 4 * TOP_CHARACTERS)
  return Object.entries(TYPE_WORDS).flatMap(([name, words]) => [
    ...(words.test(text) ? [`y:${name}`] : []),
    ...(words.test(top) ? [`yt:${name}`] : []),
  ])
}
