import {
  fold,
  hashLine,
  hashPrinted,
  vendorNumbers,
  type KnownVendorsFile,
  type Seen,
} from '../services/extraction/src/receipt/known-vendors.ts'
import type { LineMemory } from '../services/extraction/src/receipt/line-features.ts'
import { dayOf } from '../services/extraction/src/receipt/receipt-day.ts'
import type { ReceiptLine } from '../services/extraction/src/receipt/receipt-line.ts'
import { findDates } from '../services/extraction/src/values/parse-date.ts'

/** Which lines of a receipt hold the name and the address that its truth names, found by comparing folded text. */
export type LabelledLetterhead = {
  company: string
  address: string
  names: ReceiptLine[]
  /** Address lines, each with the part of the written-out address that it stands for. */
  addresses: { line: ReceiptLine; written: string }[]
  numbers: string[]
  /** When the receipt was printed; 0 if its truth does not say. */
  day: number
  label(line: ReceiptLine): 'name' | 'address' | 'rest'
}

const HEAD_LINES = 24

export function labelLetterhead(
  lines: ReceiptLine[],
  truth: { company?: string; address?: string; date?: string },
): LabelledLetterhead {
  const head = lines.slice(0, HEAD_LINES)
  const company = truth.company ?? ''
  const address = truth.address ?? ''
  const names = nameLines(head, fold(company))
  const addresses = addressLines(
    head.filter((line) => !names.includes(line)),
    address,
  )
  const label = (line: ReceiptLine) =>
    names.includes(line) ? 'name' : addresses.some((part) => part.line === line) ? 'address' : 'rest'
  const numbers = head.flatMap(({ text }) => vendorNumbers(text))
  return { company, address, names, addresses, label, numbers, day: dayOfTruth(truth.date) }
}

const dayOfTruth = (date = ''): number => findDates(date).map(({ iso }) => dayOf(iso))[0] ?? 0

/** The line that holds the whole name, else up to three lines in a row that make it up. */
function nameLines(head: ReceiptLine[], company: string): ReceiptLine[] {
  if (!company) return []
  const whole = head.find(({ text }) => fold(text).includes(company))
  if (whole) return [whole]
  for (let count = 3; count > 1; count -= 1) {
    const at = head.findIndex((_, index) =>
      fold(
        head
          .slice(index, index + count)
          .map(({ text }) => text)
          .join(''),
      ).includes(company),
    )
    if (at >= 0) return head.slice(at, at + count)
  }
  return head.filter(({ text }) => fold(text).length >= 5 && company.startsWith(fold(text))).slice(0, 1)
}

/** Lines found one after the other in the address; what lies between two of them belongs to the first. */
function addressLines(head: ReceiptLine[], address: string): { line: ReceiptLine; written: string }[] {
  const { folded, places } = foldWithPlaces(address)
  const found: { line: ReceiptLine; start: number }[] = []
  let from = 0
  for (const line of head) {
    const text = fold(line.text)
    const start = text ? folded.indexOf(text, from) : -1
    const near = start === from || (text.length >= 3 && start - from <= 60)
    if (start < 0 || !near) continue
    found.push({ line, start })
    from = start + text.length
  }
  return found.map(({ line, start }, index) => {
    const end = found[index + 1]?.start
    return {
      line,
      written: address.slice(index === 0 ? 0 : places[start], end === undefined ? undefined : places[end]).trim(),
    }
  })
}

function foldWithPlaces(text: string): { folded: string; places: number[] } {
  const places = [...text].flatMap((character, index) => (fold(character) ? [index] : []))
  return { folded: places.map((place) => fold(text[place] ?? '')).join(''), places }
}

/** Counts over many receipts, with a way to look at one as if it had not been counted. */
export function createLetterheadMemory(letterheads: LabelledLetterhead[]): {
  memory: LineMemory
  vendors: KnownVendorsFile
  without: <T>(letterhead: LabelledLetterhead, look: (memory: LineMemory) => T) => T
} {
  const memory: LineMemory = { name: {}, address: {} }
  letterheads.forEach((letterhead) => count(memory, letterhead, 1))
  const without = <T>(letterhead: LabelledLetterhead, look: (memory: LineMemory) => T): T => {
    count(memory, letterhead, -1)
    const result = look(memory)
    count(memory, letterhead, 1)
    return result
  }
  return { memory, vendors: vendorsOf(letterheads), without }
}

function count(memory: LineMemory, { names, addresses }: LabelledLetterhead, by: 1 | -1): void {
  const add = (record: Record<string, number>, key: string): void => {
    record[key] = (record[key] ?? 0) + by
    if (record[key] === 0) delete record[key]
  }
  for (const line of names) add(memory.name, hashLine(line.text))
  for (const [index, { line }] of addresses.entries()) {
    add(memory.address, hashLine(line.text))
    const before = addresses[index - 1]
    if (before) add(memory.address, hashLine(before.line.text, line.text))
  }
}

function vendorsOf(letterheads: LabelledLetterhead[]): KnownVendorsFile {
  const texts = new Map<string, number>()
  const votes = {
    byNumber: new Votes(texts),
    byName: new Votes(texts),
    addressLines: new Votes(texts),
    addresses: new Votes(texts),
    addressesOf: new Votes(texts),
  }
  for (const { company, address, names, addresses, numbers, day } of letterheads) {
    const nameLines = names.map(({ text }) => text)
    const lines = addresses.map(({ line }) => line.text)
    if (company)
      votes.byNumber.add(
        numbers.map((number) => hashLine(number)),
        company,
        day,
      )
    if (company && names.length > 0) votes.byName.add([hashLine(...nameLines), hashPrinted(...nameLines)], company, day)
    if (company && address) votes.addressesOf.add([hashLine(company)], address, day)
    for (const { line, written } of addresses) {
      const alone = fold(line.text).length >= 4 ? [hashLine(line.text)] : []
      votes.addressLines.add([hashLine(company, line.text), ...alone], written, day)
    }
    if (lines.length === 0) continue
    for (const name of [company, ''])
      votes.addresses.add([hashLine(name, ...lines), hashPrinted(name, ...lines)], address, day)
  }
  return {
    texts: [...texts.keys()],
    byNumber: votes.byNumber.counts(),
    byName: votes.byName.counts(),
    addressLines: votes.addressLines.counts(),
    addresses: votes.addresses.counts(),
    addressesOf: votes.addressesOf.counts(),
  }
}

class Votes {
  readonly #counts = new Map<string, Map<number, number[]>>()
  readonly #texts: Map<string, number>

  constructor(texts: Map<string, number>) {
    this.#texts = texts
  }

  add(keys: readonly string[], text: string, day: number): void {
    const place = this.#texts.get(text) ?? this.#texts.size
    this.#texts.set(text, place)
    for (const key of new Set(keys)) {
      const seen = this.#counts.get(key) ?? new Map<number, number[]>()
      this.#counts.set(key, seen.set(place, [...(seen.get(place) ?? []), day]))
    }
  }

  counts(): Record<string, Seen> {
    return Object.fromEntries([...this.#counts].map(([key, seen]) => [key, [...seen]]))
  }
}
