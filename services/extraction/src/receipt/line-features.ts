import { fold, hashLine, vendorNumbers } from './known-vendors.ts'
import type { ReceiptLine } from './receipt-line.ts'

/** How often training saw a line as a vendor's name or as part of an address, by the hash of the line. */
export type LineMemory = { name: Record<string, number>; address: Record<string, number> }

/**
 * Named features of a line for the tagger that tells names and addresses from the rest: its words, its place, what is
 * on the lines around it, and whether it was met before in that part.
 */
export function lineFeatures(lines: readonly ReceiptLine[], at: number, memory: LineMemory): Map<string, number> {
  return withMemory(printedFeatures(lines, at), lines, at, memory)
}

/** The features that a line has by itself, whatever was met before. */
export function printedFeatures(lines: readonly ReceiptLine[], at: number): Map<string, number> {
  const line = lines[at]!
  const features = new Map<string, number>()
  for (const word of words(line.text)) features.set(`w:${word}`, 0.6)
  for (const name of patterns(line.text)) features.set(`is:${name}`, 1)
  for (const name of placeFeatures(line)) features.set(name, 1)
  for (const [offset, weight] of NEIGHBOURS) {
    const other = lines[at + offset]
    const names = other ? [...patterns(other.text), ...words(other.text).slice(0, 3)] : ['none']
    for (const name of names) features.set(`${offset}:${name}`, weight)
  }
  return features
}

export function withMemory(
  printed: ReadonlyMap<string, number>,
  lines: readonly ReceiptLine[],
  at: number,
  memory: LineMemory,
): Map<string, number> {
  const features = new Map(printed)
  for (const name of memoryFeatures(lines, at, memory)) features.set(name, 1.5)
  return features
}

const NEIGHBOURS: readonly [number, number][] = [
  [-2, 0.4],
  [-1, 0.7],
  [1, 0.7],
  [2, 0.4],
]

const words = (text: string): string[] =>
  (text.toUpperCase().match(/[\p{L}&']+|\d+/gu) ?? [])
    .map((word) => (/^\d/.test(word) ? `#${Math.min(word.length, 7)}` : word))
    .slice(0, 8)

const PATTERNS: [string, RegExp][] = [
  [
    'firm',
    /\b(SDN\.?|BHD\.?|S\/B|ENTERPRISE|TRADING|RESTAURANT|RESTORAN|CO\.|LTD|LIMITED|GMBH|AG|INC|LLC|SARL|SAS|STORE|SHOP|MART|CAFE|BAKERY|HOTEL|KEDAI|SYARIKAT|PERNIAGAAN|STATIONERY|HARDWARE|PHARMACY)\b/i,
  ],
  [
    'street',
    /\b(JALAN|JLN|LORONG|ROAD|RD|STREET|ST|AVENUE|AVE|LANE|TAMAN|TMN|BANDAR|KAMPUNG|KG|LOT|NO\.?|BLOCK|FLOOR|FLR|LEVEL|UNIT|PLAZA|MALL|SEKSYEN|KAWASAN|PERSIARAN|LEBUH|STRASSE|STR\.|WEG|PLATZ|RUE|CENTRE|WISMA|BANGUNAN|TINGKAT)\b/i,
  ],
  ['postcode', /(?<!\d)\d{5}(?!\d)\.?\s*\p{L}{3}/u],
  [
    'place',
    /\b(SELANGOR|KUALA LUMPUR|JOHOR|PENANG|PERAK|MALAYSIA|SHAH ALAM|PETALING|KLANG|KEDAH|MELAKA|SABAH|SARAWAK|DARUL|D\.E)\b/i,
  ],
  ['phone', /\b(TEL|FAX|PHONE|H\/P|HP|MOBILE|TELEFON)\b|\d{2,3}-\d{6,8}/i],
  ['tax', /\b(GST|VAT|TAX|SST|ROC|REG|ID|USt)\b/i],
  ['document', /\b(INVOICE|RECEIPT|BILL|CASH|SALES|CASHIER|DATE|TIME|TABLE|MEMBER)\b/i],
  ['web', /WWW\.|@|HTTP|\.COM/i],
  ['amount', /\d[.,]\d{2}(?!\d)/],
  ['bracket', /^\(.*\)$/],
  ['colon', /:/],
  ['digits', /^[\d\s/.-]+$/],
  ['thanks', /THANK|WELCOME|PLEASE/i],
]
const patterns = (text: string): string[] => [
  ...PATTERNS.flatMap(([name, pattern]) => (pattern.test(text) ? [name] : [])),
  ...(vendorNumbers(text).length > 0 ? ['number'] : []),
]

function placeFeatures(line: ReceiptLine): string[] {
  return [
    `at:${Math.min(line.index, 14)}`,
    `top:${Math.min(Math.floor(line.top * 10), 5)}`,
    `size:${Math.min(Math.floor(line.text.length / 6), 7)}`,
    `row:${line.left.length > 0 ? 'right' : line.right.length > 0 ? 'left' : 'alone'}`,
    'bias',
  ]
}

function memoryFeatures(lines: readonly ReceiptLine[], at: number, memory: LineMemory): string[] {
  const key = hashLine(lines[at]!.text)
  const short = fold(lines[at]!.text).length < 4 ? 'short' : ''
  const seen = (kind: 'name' | 'address', hash: string): number => Math.min(memory[kind][hash] ?? 0, 2)
  const before = lines[at - 1]
  const pair = before ? hashLine(before.text, lines[at]!.text) : ''
  return [
    `name${short}:${seen('name', key)}`,
    `address${short}:${seen('address', key)}`,
    ...(pair && memory.address[pair] ? [`pair:${seen('address', pair)}`] : []),
    `both:${seen('name', key) > 0}${seen('address', key) > 0}`,
  ]
}
