import { findDates } from '../values/parse-date.ts'
import { contextFeatures } from './cell-context.ts'
import type { Candidate } from './field-candidates.ts'
import { hasLabel } from './label-words.ts'
import type { Cell } from './page-cells.ts'

const TOKEN = /(?<![\p{L}\d.,/-])(?=[\p{L}\d./_-]*\d)[\p{Lu}\d][\p{L}\d./_-]{1,34}(?![\p{L}\d])/gu

/** Tokens that may be the number of an invoice: digits, perhaps letters and dashes; no dates, amounts, addresses. */
export function numberCandidates(lines: readonly Cell[][]): Candidate[] {
  return lines.slice(0, HEAD_LINES).flatMap((line) =>
    line.flatMap((cell) =>
      [...cell.text.matchAll(TOKEN)].flatMap((match) => {
        const printed = match[0].replace(/[.,]+$/, '')
        if (isSomethingElse(printed)) return []
        const before = cell.text.slice(0, match.index)
        const features = contextFeatures(lines, cell, before)
        features.set(`form:${form(printed)}`, 0.7)
        features.set(`length:${Math.min(printed.length, 14)}`, 0.5)
        features.set(`follows:${hasLabel(before.slice(-24), 'title')}`, 1)
        features.set(`dated:${/^\s*(vom|von|dated|du|of)\b/i.test(cell.text.slice(match.index + match[0].length))}`, 1)
        return [{ value: printed, printed, cell, features }]
      }),
    ),
  )
}

const HEAD_LINES = 120

const isSomethingElse = (token: string): boolean =>
  /^\d{1,3}(\.\d{3})*,\d+$|^\d+\.\d{2}$/.test(token) ||
  findDates(token).length > 0 ||
  /^[A-Z]{2}\d{2}[A-Z\d]{11,}$/.test(token)

const form = (token: string): string =>
  token
    .replace(/\p{L}+/gu, 'A')
    .replace(/\d+/g, '9')
    .slice(0, 9)

/** EU, UK, Swiss and Norwegian VAT numbers by their form; blanks inside as people print them. */
const VAT_ID =
  /(?<![\p{L}\d])(ATU\d{8}|BE[01]?\d{9}|CHE-?\d{3}\.?\d{3}\.?\d{3}|DE\s?\d{3}\s?\d{3}\s?\d{3}|ES[A-Z\d]\d{7}[A-Z\d]|FR\s?[A-Z\d]{2}\s?\d{3}\s?\d{3}\s?\d{3}|GB\s?\d{3}\s?\d{4}\s?\d{2}|(?:IT|LV|HR)\d{11}|(?:PL|SK|SE\d\d)\d{10}|NL\d{9}B\d{2}|NO\d{9}(?:MVA)?|(?:DK|FI|HU|LU|MT|SI)\d{8}|(?:EE|EL|PT)\d{9}|CZ\d{8,10}|IE\d[A-Z\d]\d{5}[A-Z]{1,2}|CY\d{8}[A-Z]|BG\d{9,10}|LT(?:\d{9}|\d{12})|RO\d{2,10})(?![\p{L}\d])/gu

export function vatIdCandidates(lines: readonly Cell[][]): Candidate[] {
  const mentions = lines.flat().flatMap((cell) => [...cell.text.matchAll(VAT_ID)].map((match) => ({ cell, match })))
  return mentions.map(({ cell, match }, index) => {
    const features = contextFeatures(lines, cell, cell.text.slice(0, match.index))
    features.set(`order:${Math.min(index, 3)}`, 1)
    features.set(`buyer:${hasLabel(cell.lineText, 'buyer')}`, 1)
    return { value: match[0].replace(/[\s.-]/g, ''), printed: match[0], cell, features }
  })
}
