import type { Field } from '@stageline/domain'
import { hasLabel } from './label-words.ts'
import { cellSource, type Cell } from './page-cells.ts'

const SIGNS: Record<string, string> = {
  '€': 'EUR',
  '£': 'GBP',
  $: 'USD',
  US$: 'USD',
  '¥': 'JPY',
  RM: 'MYR',
  zł: 'PLN',
  Kč: 'CZK',
}
const CODES = new Set(Intl.supportedValuesOf('currency'))
const MENTION = /(?<![\p{L}])(US\$|RM(?=\s?\d)|zł|Kč|[€£$¥]|[A-Z]{3}(?![\p{L}]))/gu

/** The currency beside its label, else the one mentioned most; ISO 4217. */
export function readCurrency(lines: readonly Cell[][]): Field | undefined {
  const mentions = lines.flat().flatMap((cell) =>
    [...cell.text.matchAll(MENTION)].flatMap(([sign]) => {
      const code = SIGNS[sign] ?? sign
      return CODES.has(code) && (sign.length < 3 || !IGNORED.has(sign)) ? [{ code, sign, cell }] : []
    }),
  )
  const labelled = mentions.find(({ cell }) => hasLabel(cell.lineText, 'currency'))
  const counts = Object.entries(Object.groupBy(mentions, ({ code }) => code)).sort(
    (a, b) => (b[1]?.length ?? 0) - (a[1]?.length ?? 0),
  )
  const chosen = labelled ?? counts[0]?.[1]?.[0]
  if (!chosen) return undefined
  const share = (mentions.filter(({ code }) => code === chosen.code).length + 1) / (mentions.length + 2)
  const printed = chosen.sign === chosen.code ? {} : { printed: chosen.sign }
  return {
    value: chosen.code,
    confidence: labelled ? 0.98 : Math.min(0.97, share + 0.1),
    source: cellSource(chosen.cell),
    ...printed,
  }
}

/** Codes that are words or abbreviations far more often than money on invoices. */
const IGNORED = new Set([
  'ALL',
  'TOP',
  'CUP',
  'MOP',
  'BAM',
  'MAD',
  'SOS',
  'LEK',
  'TRY',
  'AMD',
  'GEL',
  'PEN',
  'INR',
  'MVR',
  'BAN',
  'ANG',
  'STN',
])
