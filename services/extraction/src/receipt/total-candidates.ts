import { findAmounts, type AmountMention } from '../values/parse-amount.ts'
import { checkSums } from './check-sums.ts'
import { hashPrinted } from './known-vendors.ts'
import type { ReceiptLine } from './receipt-line.ts'

export type TotalCandidate = {
  line: ReceiptLine
  value: string
  /** The digits as printed, in one reading with the currency before them. */
  printed: string
  /** The words before it and how it is written, as a vendor's till prints it again and again. */
  form: string
  /** Whether a currency stands before it, and whether it is read with it. */
  writing: string
  features: Map<string, number>
}

/** Every amount of a receipt as a candidate for its total, with features for the scorer. */
export function totalCandidates(lines: readonly ReceiptLine[]): TotalCandidate[] {
  const mentions = lines.flatMap((line) =>
    findAmounts(line.text)
      .filter(({ decimals }) => decimals === 2)
      .map((mention) => ({ line, mention })),
  )
  const values = mentions.map(({ mention }) => Number(mention.value))
  const sums = checkSums(
    mentions.map(({ line, mention }) => ({ cents: centsOf(mention), kinds: kindsOf(line, mention) })),
  )
  const ranks = [...new Set(values)].sort((a, b) => b - a)
  return mentions.flatMap(({ line, mention }) => {
    const value = Number(mention.value)
    const shared = [
      ...labelFeatures(lines, line, line.text.slice(0, mention.index)),
      `rank:${Math.min(ranks.indexOf(value), 4)}`,
      `count:${Math.min(values.filter((other) => other === value).length, 4)}`,
      `round:${isRounded(value)}${values.some((other) => other !== value && Math.abs(other - value) < 0.045)}`,
      `zero:${value === 0}`,
      ...sums(centsOf(mention)).map((sum) => `sum:${sum}`),
      `negative:${value < 0}`,
      `top:${Math.floor(line.top * 8)}`,
      `end:${Math.min(Math.floor(line.fromEnd / 4), 6)}`,
      `last:${line.right.length === 0}`,
    ]
    const label = labelOf(lines, line, line.text.slice(0, mention.index))
    const amount = `${signBefore(line.text, mention)}${mention.printed}`
    const readings = mention.prefix ? [amount, `${mention.prefix}${amount}`] : [amount]
    return readings.map((printed, at) => {
      const writing = `${at}${prefixForm(mention.prefix)}`
      return {
        line,
        value: mention.value,
        printed,
        form: hashPrinted(label, writing),
        writing,
        features: weigh([...shared, `prefix:${writing}`], shared),
      }
    })
  })
}

const centsOf = ({ value }: AmountMention): number => Math.round(Number(value) * 100)

const kindsOf = (line: ReceiptLine, { index }: AmountMention): string[] =>
  kinds([...line.left.map(({ text }) => text), line.text.slice(0, index)].join(' ')).split('+')

/** A minus right before a negative amount is printed with it. */
const signBefore = (text: string, { value, index }: AmountMention): string =>
  value.startsWith('-') ? (/[-−–]$/.exec(text.slice(0, index))?.[0] ?? '') : ''

/** Where small coins are gone, totals are rounded to five cents; the exact sum stands beside. */
const isRounded = (value: number): boolean => Math.round(value * 100) % 5 === 0

const prefixForm = (prefix: string): string => (prefix ? `${prefix.trim()}${/\s$/.test(prefix) ? '_' : ''}` : 'none')

function weigh(names: string[], shared: string[]): Map<string, number> {
  const rank = shared.find((name) => name.startsWith('rank:')) ?? ''
  const pairs = shared.filter((name) => /^(kind|row|count|round):/.test(name)).map((name) => `${name}&${rank}`)
  return new Map(
    [...names, ...pairs].map((name) => [
      name,
      name.startsWith('w:') || name.startsWith('a:') || name.startsWith('n:') ? 0.5 : 1,
    ]),
  )
}

const LABELS: [string, RegExp][] = [
  ['grand', /GRAND|NETT?\b|FINAL|PAYABLE|AMOUNT DUE|TO PAY|BALANCE|ZU ZAHLEN|À PAYER/i],
  ['total', /T[O0]TAL|SUMME|BETRAG|GESAMT|MONTANT|\bAMT\b|AMOUNT/i],
  ['sub', /SUB[\s-]?T|BEFORE|EXCL|NETTO|HORS/i],
  ['incl', /INCL|INC\.|WITH GST|TTC|BRUTTO/i],
  ['tax', /\bGST\b|\bTAX\b|VAT|MWST|UST|TVA|SST/i],
  ['round', /ROUND|RUNDUNG|ARRONDI/i],
  ['cash', /CASH|TENDER|PAID|PAYMENT|VISA|MASTER|CARD|RECEIVED|BAR\b|GEGEBEN|ESPÈCES/i],
  ['change', /CHANGE|BALANCE DUE|RÜCKGELD|RENDU/i],
  ['discount', /DISC|SAVING|RABATT|REMISE/i],
  ['quantity', /QTY|ITEM|COUNT|UNIT|NO OF|PCS/i],
  ['summary', /SUMMARY|CODE|SR\b|ZRL|@\s?\d/i],
]
const kinds = (text: string): string =>
  LABELS.flatMap(([name, pattern]) => (pattern.test(text) ? [name] : [])).join('+') || 'none'

const words = (text: string): string[] => (text.toUpperCase().match(/\p{L}+/gu) ?? []).slice(0, 6)

/** The words before an amount on its row; of the line above where there are none. */
function labelOf(lines: readonly ReceiptLine[], line: ReceiptLine, before: string): string {
  const row = words([...line.left.map(({ text }) => text), before].join(' '))
  const above = words(lines[line.index - line.left.length - 1]?.text ?? '')
  return row.length > 0 ? row.join(' ') : `above ${above.join(' ')}`
}

/** Words before the amount on its line and row, the line above, and the labels of the rows below. */
function labelFeatures(lines: readonly ReceiptLine[], line: ReceiptLine, before: string): string[] {
  const row = [...line.left.map(({ text }) => text), before].join(' ').trim()
  const above = lines[line.index - line.left.length - 1]
  const below = lines[line.index + line.right.length + 1]
  return [
    `kind:${kinds(row)}`,
    ...kinds(row)
      .split('+')
      .map((kind) => `row:${kind}`),
    `above:${kinds(above?.text ?? '')}`,
    `below:${kinds(below?.text ?? '')}`,
    ...words(row).map((word) => `w:${word}`),
    ...words(above?.text ?? '').map((word) => `a:${word}`),
    ...words(below?.text ?? '').map((word) => `n:${word}`),
  ]
}
