import type { Box, Field } from '@stageline/domain'
import { allVotes, fold, hashLine, recall, vendorNumbers, writtenName } from './known-vendors.ts'
import { lineFeatures } from './line-features.ts'
import { agreement, many, odds, type Reading } from './reading.ts'
import type { ReceiptLine } from './receipt-line.ts'
import type { ReceiptModel } from './receipt-model.ts'
import { writtenAddress } from './written-address.ts'

type Tagged = { line: ReceiptLine; name: number; address: number }

/** The lines of a vendor's name and address and its registration numbers. */
export type Letterhead = { names: Tagged[]; addresses: Tagged[]; numbers: string[] }

/** Finds the letterhead among the first lines of a receipt. */
export function findLetterhead(lines: readonly ReceiptLine[], model: ReceiptModel): Letterhead {
  const head = lines.slice(0, HEAD_LINES)
  const tagged = head.map((line, at) => tag(lines, line, at, model))
  const names = cluster(
    tagged.filter(({ line }) => hasLetters(line)),
    ({ name }) => name,
    1,
  )
  const addresses = cluster(
    tagged.filter((other) => !names.includes(other)),
    ({ address }) => address,
    3,
  )
  return { names, addresses, numbers: head.flatMap(({ text }) => vendorNumbers(text)) }
}

const hasLetters = ({ text }: ReceiptLine): boolean => /\p{L}/u.test(text)

/** A letterhead is no longer. */
export const HEAD_LINES = 24
const SURE_ENOUGH = 0.5
const LEAST_SCORE = 0.02

function tag(lines: readonly ReceiptLine[], line: ReceiptLine, at: number, model: ReceiptModel): Tagged {
  const scores = model.lines.predict(lineFeatures(lines, at, model.memory))
  const of = (label: string): number => scores.find((score) => score.label === label)?.probability ?? 0
  return { line, name: of('name'), address: of('address') }
}

/** The line that scores highest and those near it that are more likely than not; at most `gap` - 1 others between. */
function cluster(tagged: Tagged[], score: (line: Tagged) => number, gap: number): Tagged[] {
  const top = tagged.reduce<Tagged | undefined>(
    (best, line) => (!best || score(line) > score(best) ? line : best),
    undefined,
  )
  if (!top || score(top) < LEAST_SCORE) return []
  const sure = tagged.filter((line) => line === top || score(line) > SURE_ENOUGH)
  const at = sure.indexOf(top)
  const near = (from: number, step: number): Tagged[] => {
    const next = sure[from + step]
    const here = sure[from]!
    return next && Math.abs(next.line.index - here.line.index) <= gap ? [next, ...near(from + step, step)] : []
  }
  return [...near(at, -1).reverse(), top, ...near(at, 1)]
}

export function readCompany({ names, numbers }: Letterhead, model: ReceiptModel): Reading | undefined {
  if (names.length === 0) return undefined
  const texts = names.map(({ line }) => line.text)
  const plain = withoutNumber(texts.join(' '))
  const written = writtenName(model.vendors, texts, numbers)
  // A known name in another spelling of blanks and dots is that of another branch: what is printed counts.
  const value = written && fold(written.text) !== fold(plain) ? written.text : plain
  const scores = names.map(({ name }) => name)
  const evidence = new Map([
    ['score', odds(mean(scores))],
    ['least', odds(Math.min(...scores))],
    ['lines', many(names.length)],
    ['as printed', value === plain ? 1 : 0],
    [`by ${written?.by ?? 'nothing'}`, 1],
    ['seen', many(written?.seen ?? 0)],
    ['agreed', agreement(written?.text === value ? written.count : 0, written?.seen ?? 0)],
    ['numbers', agreementOfNumbers(model, numbers, value)],
  ])
  return { field: fieldOf(value, plain, names), evidence }
}

/** Whether the registration numbers in the letterhead are those of this name. */
function agreementOfNumbers({ vendors }: ReceiptModel, numbers: readonly string[], name: string): number {
  const names = recall(
    vendors,
    numbers.map((number) => vendors.byNumber[hashLine(number)]),
  )
  return agreement(names.get(name)?.count ?? 0, allVotes(names).count)
}

/** The address as it is written out for this company, on the day of the receipt where that is known. */
export function readAddress(
  { addresses, numbers }: Letterhead,
  model: ReceiptModel,
  { company, day }: { company: string; day: number | undefined },
): Reading | undefined {
  if (addresses.length === 0) return undefined
  const { vendors } = model
  const texts = addresses.map(({ line }) => line.text)
  const others = recall(
    vendors,
    numbers.map((number) => vendors.byNumber[hashLine(number)]),
  )
  const written = writtenAddress(vendors, [...new Set([company, ...others.keys()])], texts, day)
  const all = recall(vendors, [vendors.addressesOf[hashLine(company)]], day)
  const own = all.get(written.text)
  const scores = addresses.map(({ address }) => address)
  const evidence = new Map([
    ['score', odds(mean(scores))],
    ['least', odds(Math.min(...scores))],
    ['lines', many(addresses.length)],
    [`by ${written.by}`, 1],
    ['as printed', texts.filter((text) => written.text.includes(text)).length / texts.length],
    ['known', written.known],
    ['seen', many(written.seen)],
    ['agreed', agreement(written.count, written.seen)],
    ['of vendor', agreement(own?.count ?? 0, allVotes(all).count)],
    ['near', many(allVotes(all).near)],
    ['agreed near', agreement(own?.near ?? 0, allVotes(all).near)],
  ])
  return { field: fieldOf(written.text, texts.join(' '), addresses), evidence }
}

const fieldOf = (value: string, printed: string, tagged: Tagged[]): Reading['field'] => ({
  value,
  source: source(tagged.map(({ line }) => line)),
  ...(value === printed ? {} : { printed: printed.slice(0, 500) }),
})

/** A registration number after the name is no part of it. */
const withoutNumber = (name: string): string =>
  name
    .replace(/\s*[([]?\s*(?:CO\.?\s*(?:NO|REG)[.:\s]*)?(?:\d{4,7}\s?-?\s?[A-Z]|[A-Z]{2}\d{7}-[A-Z])\s*[)\]]?\s*$/, '')
    .trim()

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

function source(lines: ReceiptLine[]): NonNullable<Field['source']> {
  const boxes = lines.flatMap(({ box }) => (box ? [box] : []))
  const text = lines
    .map((line) => line.text)
    .join(' ')
    .slice(0, 500)
  return { method: 'text', page: lines[0]?.page ?? 1, text, ...(boxes.length > 0 ? { box: around(boxes) } : {}) }
}

const around = (boxes: Box[]): Box => [
  Math.min(...boxes.map((box) => box[0])),
  Math.min(...boxes.map((box) => box[1])),
  Math.max(...boxes.map((box) => box[2])),
  Math.max(...boxes.map((box) => box[3])),
]
