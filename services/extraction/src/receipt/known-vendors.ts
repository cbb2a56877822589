import { nearness } from './receipt-day.ts'

/** Texts that training saw for a key, as places in the list of texts, each with the days of its receipts. */
export type Seen = [text: number, days: number[]][]

/**
 * What earlier receipts taught about letterheads: how a vendor's name and the lines of its address are written out in
 * full when the scan shows them cut or misread. Built by training; lines are kept as hashes, only the written-out forms
 * as text.
 */
export type KnownVendorsFile = {
  texts: string[]
  /** Hash of a registration or tax number -> names. */
  byNumber: Record<string, Seen>
  /** Hash of a name line or joined name lines, as printed and folded -> names. */
  byName: Record<string, Seen>
  /** Hash of an address line, with and without the name of the vendor before it -> the line written out. */
  addressLines: Record<string, Seen>
  /** Hash of all address lines, as printed and folded, with and without the name -> the address written out. */
  addresses: Record<string, Seen>
  /** Hash of the name -> its addresses. */
  addressesOf: Record<string, Seen>
}

/** How often a text was seen, and how often near in time to the receipt that is read. */
export type Vote = { count: number; near: number }

/** A text from memory with how often it was seen, and how often any text was in its place. */
export type Remembered = { text: string; count: number; seen: number; near: number; seenNear: number }

/** Registration and tax numbers in a line, digits and letters only: `000306020352`, `860671D`. */
export const vendorNumbers = (text: string): string[] =>
  (text.match(/(?<!\d)\d{12}(?!\d)|(?<!\d)\d{5,9}\s?-\s?[A-Z](?![A-Z])/g) ?? []).map((number) =>
    number.replace(/[^A-Z\d]/g, ''),
  )

/** Letters and digits only, so that blanks and punctuation of a scan do not matter. */
export const fold = (text: string): string => text.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '')

export const hashLine = (...texts: string[]): string => hash(texts.map(fold).join('|'))

/** Of the texts as printed: whoever writes them out keeps their blanks and points. */
export const hashPrinted = (...texts: string[]): string => hash(`=${texts.join('|')}`)

/** 32-bit FNV-1a (Fowler, Noll, Vo), in base 36. */
function hash(text: string): string {
  let value = 0x811c9dc5
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return (value >>> 0).toString(36)
}

/** Everything that was seen for some keys, each text once, with its votes added up. */
export function recall(
  vendors: KnownVendorsFile,
  seen: readonly (Seen | undefined)[],
  day?: number,
): Map<string, Vote> {
  const votes = new Map<string, Vote>()
  for (const [place, days] of seen.flatMap((list) => list ?? [])) {
    const text = vendors.texts[place] ?? ''
    const { count, near } = votes.get(text) ?? { count: 0, near: 0 }
    votes.set(text, { count: count + days.length, near: near + nearness(days, day) })
  }
  return votes
}

/** Of all texts together. */
export function allVotes(votes: ReadonlyMap<string, Vote>): Vote {
  const all = [...votes.values()]
  return { count: sum(all.map(({ count }) => count)), near: sum(all.map(({ near }) => near)) }
}

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)

/**
 * The text seen most often, where those near in time count for more: who writes out and how changes. Of equals the one
 * that looks most like the others of its kind, then the first.
 */
export function mostSeen(
  votes: ReadonlyMap<string, Vote>,
  oddity: (text: string) => number = () => 0,
): Remembered | undefined {
  const { count: seen, near: seenNear } = allVotes(votes)
  const [best] = [...votes]
    .map(([text, vote]) => ({
      remembered: { text, ...vote, seen, seenNear },
      weight: Math.log(vote.count + NEAR * vote.near + 0.5) - oddity(text),
    }))
    .sort((a, b) => b.weight - a.weight || (a.remembered.text < b.remembered.text ? -1 : 1))
  return best?.remembered
}

/** Votes that a receipt of the same day has beyond its own. */
const NEAR = 10

/** The name written out: known by its lines as printed, else as folded, else by a number in the letterhead. */
export function writtenName(
  vendors: KnownVendorsFile,
  nameLines: readonly string[],
  numbers: readonly string[],
): (Remembered & { by: 'print' | 'lines' | 'number' }) | undefined {
  const { byName, byNumber } = vendors
  const byPrint = mostSeen(recall(vendors, [byName[hashPrinted(...nameLines)]]))
  if (byPrint) return { ...byPrint, by: 'print' }
  const byLines = mostSeen(recall(vendors, [byName[hashLine(...nameLines)]]))
  if (byLines) return { ...byLines, by: 'lines' }
  const found = mostSeen(
    recall(
      vendors,
      numbers.map((number) => byNumber[hashLine(number)]),
    ),
  )
  return found && { ...found, by: 'number' }
}
