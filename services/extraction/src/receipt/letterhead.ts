import type { Box, Field } from '@stageline/domain'
import { fold, writtenAddress, writtenName } from './known-vendors.ts'
import { lineFeatures } from './line-features.ts'
import type { ReceiptLine } from './receipt-line.ts'
import type { ReceiptModel } from './receipt-model.ts'

type Tagged = { line: ReceiptLine; name: number; address: number }

/** Finds the vendor's name and address among the first lines of a receipt. Confidences are raw scores. */
export function readLetterhead(
  lines: readonly ReceiptLine[],
  model: ReceiptModel,
): { company?: Field; address?: Field } {
  const tagged = lines.slice(0, HEAD_LINES).map((line, at) => tag(lines, line, at, model))
  const names = cluster(tagged, ({ name }) => name, 1)
  const addresses = cluster(
    tagged.filter((other) => !names.includes(other)),
    ({ address }) => address,
    3,
  )
  const company = readCompany(names, lines, model)
  const address = readAddress(addresses, String(company?.value ?? ''), model)
  return { ...(company ? { company } : {}), ...(address ? { address } : {}) }
}

const HEAD_LINES = 24
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

function readCompany(names: Tagged[], lines: readonly ReceiptLine[], model: ReceiptModel): Field | undefined {
  if (names.length === 0) return undefined
  const texts = names.map(({ line }) => line.text)
  const plain = withoutNumber(texts.join(' '))
  const written = writtenName(
    model.vendors,
    texts,
    lines.slice(0, HEAD_LINES).map(({ text }) => text),
  )
  // A known name in another spelling of blanks and dots is that of another branch: what is printed counts.
  const value = written && fold(written) !== fold(plain) ? written : plain
  const confidence = mean(names.map(({ name }) => name)) * (written ? 1 : 0.8)
  return {
    value,
    confidence,
    source: source(names.map(({ line }) => line)),
    ...(value === plain ? {} : { printed: plain.slice(0, 500) }),
  }
}

function readAddress(addresses: Tagged[], company: string, model: ReceiptModel): Field | undefined {
  if (addresses.length === 0) return undefined
  const texts = addresses.map(({ line }) => line.text)
  const { text, known } = writtenAddress(model.vendors, company, texts)
  const printed = texts.join(' ')
  const confidence = mean(addresses.map(({ address }) => address)) * (0.4 + 0.6 * known)
  return {
    value: text,
    confidence,
    source: source(addresses.map(({ line }) => line)),
    ...(text === printed ? {} : { printed: printed.slice(0, 500) }),
  }
}

/** A registration number after the name is no part of it. */
const withoutNumber = (name: string): string =>
  name
    .replace(/\s*[([]?\s*(?:CO\.?\s*(?:NO|REG)[.:\s]*)?(?:\d{5,7}\s?-?\s?[A-Z]|[A-Z]{2}\d{7}-[A-Z])\s*[)\]]?\s*$/, '')
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
