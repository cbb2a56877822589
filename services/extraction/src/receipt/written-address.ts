import {
  fold,
  hashLine,
  hashPrinted,
  mostSeen,
  recall,
  type KnownVendorsFile,
  type Remembered,
  type Vote,
} from './known-vendors.ts'

/** An address read off the lines of a letterhead, and how it was known. */
export type WrittenAddress = Remembered & {
  /** By its lines as printed, by their letters, as one of the vendor's that holds them, or line by line. */
  by: 'print' | 'lines' | 'vendor' | 'parts'
  /** Share of the lines that were met before. */
  known: number
}

/** The address in full, where one that was met before has or holds these lines; else line by line. */
export function writtenAddress(
  vendors: KnownVendorsFile,
  names: readonly string[],
  lines: readonly string[],
  day?: number,
): WrittenAddress {
  const print = mostSeen(recall(vendors, keysOf(names, lines, hashPrinted, vendors), day), oddity)
  if (print) return { ...print, by: 'print', known: 1 }
  const folded = mostSeen(recall(vendors, keysOf(names, lines, hashLine, vendors), day), oddity)
  if (folded) return { ...folded, text: withBlanks(folded.text, lines), by: 'lines', known: 1 }
  const parts = lineByLine(vendors, names, lines, day)
  const held = mostSeen(holding(vendors, names, lines, day), oddity)
  return held ? { ...held, by: 'vendor', known: parts.known } : parts
}

/** Lines of some length are known without the name of the vendor, too: chains trade under several. */
function keysOf(
  names: readonly string[],
  lines: readonly string[],
  hash: (...texts: string[]) => string,
  { addresses }: KnownVendorsFile,
) {
  const own = names.slice(0, 1).flatMap((name) => addresses[hash(name, ...lines)] ?? [])
  if (own.length > 0) return [own]
  return fold(lines.join('')).length >= ENOUGH_LETTERS ? [addresses[hash('', ...lines)]] : []
}

function lineByLine(
  vendors: KnownVendorsFile,
  names: readonly string[],
  lines: readonly string[],
  day: number | undefined,
): WrittenAddress {
  const { addressLines } = vendors
  const parts = lines.map((line) => {
    const own = names.map((name) => addressLines[hashLine(name, line)]).find(Boolean)
    return mostSeen(recall(vendors, [own ?? addressLines[hashLine(line)]], day), oddity)
  })
  const known = parts.filter(Boolean).length / Math.max(lines.length, 1)
  const text = lines.map((line, index) => withBlanks(parts[index]?.text ?? line, [line])).join(' ')
  return { text: text.replace(/\s+/g, ' ').trim(), by: 'parts', known, count: 0, seen: 0, near: 0, seenNear: 0 }
}

/** Addresses of the vendor that hold nearly all letters of the lines. */
function holding(
  vendors: KnownVendorsFile,
  names: readonly string[],
  lines: readonly string[],
  day: number | undefined,
): ReadonlyMap<string, Vote> {
  const folded = lines.map(fold)
  const letters = folded.join('').length
  const all = recall(
    vendors,
    names.map((name) => vendors.addressesOf[hashLine(name)]),
    day,
  )
  return new Map([...all].filter(([text]) => share(folded, fold(text), letters) >= ENOUGH))
}

const ENOUGH = 0.85
const ENOUGH_LETTERS = 14

/** Share of the letters of some lines that an address holds, with slips of the scan forgiven. */
function share(lines: readonly string[], whole: string, letters: number): number {
  const held = lines.reduce((sum, line) => sum + Math.max(line.length - 2 * slips(line, whole), 0), 0)
  return held / Math.max(letters, 1)
}

/**
 * The fewest letters to change, add or drop for a line to be part of a text (Sellers 1980); all of them where that
 * would be more than a few, or a digit: other digits are another address.
 */
export function slips(line: string, whole: string): number {
  if (whole.includes(line)) return 0
  let row = Array.from({ length: whole.length + 1 }, () => 0)
  for (let at = 1; at <= line.length; at += 1) {
    const next = [at]
    for (let to = 1; to <= whole.length; to += 1) {
      const [read, written] = [line[at - 1]!, whole[to - 1]!]
      const cost = read === written ? 0 : /\d/.test(written) && /\d/.test(read) ? line.length : 1
      next.push(Math.min(row[to - 1]! + cost, row[to]! + 1, next[to - 1]! + 1))
    }
    row = next
  }
  const fewest = Math.min(...row)
  return fewest <= Math.floor(line.length / 6) ? fewest : line.length
}

/** Scans lose blanks and points and invent none: where a line has more of them than the address, it gets them. */
export function withBlanks(address: string, lines: readonly string[]): string {
  return lines.reduce((text, line) => {
    const letters = [...fold(line)].map((letter) => RegExp.escape(letter))
    const found = letters.length > 2 ? new RegExp(letters.join('[^\\p{L}\\p{N}]*'), 'iu').exec(text) : null
    return found && line.length > found[0].length && fold(line.at(-1)!) !== ''
      ? text.slice(0, found.index) + line + text.slice(found.index + found[0].length)
      : text
  }, address)
}

/** Most people put a blank after a comma, none before it, and no full stop at the end. */
const oddity = (text: string): number =>
  0.35 * [/,\S/, /\s,/, /,$/, /\.$/].filter((pattern) => pattern.test(text)).length
