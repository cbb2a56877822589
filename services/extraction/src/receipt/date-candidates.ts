import { findDates } from '../values/parse-date.ts'
import { hashPrinted } from './known-vendors.ts'
import type { ReceiptLine } from './receipt-line.ts'

export type DateCandidate = {
  line: ReceiptLine
  iso: string
  printed: string
  /** The words before it and how it is written, as a vendor's till prints it again and again. */
  form: string
  writing: string
  features: Map<string, number>
}

/** Every date of a receipt as a candidate for the day of sale, with features for the scorer. */
export function dateCandidates(lines: readonly ReceiptLine[]): DateCandidate[] {
  const mentions = lines.flatMap((line) => findDates(line.text).map((date) => ({ line, date })))
  return mentions.map(({ line, date }, at) => {
    const row = [...line.left.map(({ text }) => text), line.text.slice(0, date.index)].join(' ')
    const after = `${line.text.slice(date.index + date.printed.length)} ${line.right.map(({ text }) => text).join(' ')}`
    const same = mentions.filter((other) => other.date.iso === date.iso).length
    const words = (row.toUpperCase().match(/\p{L}+/gu) ?? []).slice(-3)
    const shape = date.printed.replace(/\d/g, '9').replace(/\p{L}+/gu, 'A')
    const names = [
      `order:${Math.min(at, 3)}`,
      `label:${/DATE|DATUM|TARIKH/i.test(row)}`,
      `other:${/DUE|EXP|DELIVERY|PRINT|VALID|UNTIL|RETURN|OPEN|SINCE/i.test(row)}`,
      `time:${/\d{1,2}:\d{2}/.test(after)}`,
      `same:${Math.min(same, 3)}`,
      `form:${shape}`,
      `top:${Math.floor(line.top * 6)}`,
      ...words.map((word) => `w:${word}`),
    ]
    const form = hashPrinted(...words, shape)
    return {
      line,
      iso: date.iso,
      printed: date.printed,
      form,
      writing: shape,
      features: new Map(names.map((name) => [name, 1])),
    }
  })
}
