export type AmountMention = {
  /** Decimal string with a point, `-` in front where negative: `"-1234.50"`. */
  value: string
  /** The digits as printed, without sign and currency. */
  printed: string
  /** The currency sign or code that stands right before, with what is between: `"RM "`. Empty where there is none. */
  prefix: string
  /** Where the digits begin in the text. */
  index: number
  /** Digits after the decimal sign; 0 for whole numbers. */
  decimals: number
}

/**
 * Finds amounts as shops and offices print them: `1,234.56`, `1.234,56`, `1 234,56`, `1'234.50`, `RM9.90`, `-20,48`,
 * `20.48-`, `1,23,456`. Which sign parts the decimals is read from each number itself: the last one, when one or two digits (for
 * quantities up to four) follow it. Dates, times, percentages and long digit strings are passed over.
 */
export function findAmounts(text: string, options: { wholeNumbers?: boolean } = {}): AmountMention[] {
  return [...text.matchAll(NUMBER)].flatMap((match) => {
    const printed = match[2] ?? ''
    const index = match.index + match[0].lastIndexOf(printed)
    const after = text.slice(index + printed.length)
    if (NOT_AN_AMOUNT_AFTER.test(after) || NOT_AN_AMOUNT_BEFORE.test(text.slice(0, index))) return []
    const parsed = parseAmount(printed)
    if (!parsed || (parsed.decimals === 0 && !options.wholeNumbers)) return []
    const negative = /[-−–]\s?$/.test(match[1] ?? '') || /^\s?[-−](?!\s*\d)/.test(after)
    const prefix = (match[1] ?? '').replace(/[-−–+(]\s*/g, '')
    return [
      { value: negative ? negate(parsed.value) : parsed.value, printed, prefix, index, decimals: parsed.decimals },
    ]
  })
}

/** Reads one printed number. Undefined where it is none. */
export function parseAmount(printed: string): { value: string; decimals: number } | undefined {
  const text = printed.trim().replace(/[\s'’\u00a0\u202f]/g, '')
  if (!/^\d[\d.,]*\d$|^\d$/.test(text)) return undefined
  const sign = decimalSign(text)
  if (sign === undefined) return undefined
  const at = sign === '' ? text.length : text.lastIndexOf(sign)
  const whole = text
    .slice(0, at)
    .replace(/[.,]/g, '')
    .replace(/^0+(?=\d)/, '')
  const fraction = text.slice(at + 1)
  return { value: fraction ? `${whole}.${fraction}` : whole, decimals: fraction.length }
}

/** Amounts in the smallest unit of four decimals, for exact sums; undefined for text that is no decimal. */
export const toUnits = (value: string): bigint | undefined => {
  const match = /^(-?)(\d+)(?:\.(\d{1,4}))?$/.exec(value)
  if (!match) return undefined
  const units = BigInt(`${match[2]}${(match[3] ?? '').padEnd(4, '0')}`)
  return match[1] ? -units : units
}

const SIGNS = String.raw`(?:(?:RM|MYR|USD|EUR|GBP|CHF|US\$|[$€£¥])\s?)?[-−–+(]?\s?(?:(?:RM|MYR|USD|EUR|GBP|CHF|[$€£¥])\s?)?`
/** Lakhs part by two, as `1,23,456` in India. */
const LAKHS = String.raw`\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d{1,2})?(?!\d)`
const DIGITS = String.raw`${LAKHS}|\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+(?:[.,]\d{1,4})?(?!\d)|\d+(?:[.,]\d{1,4})?(?![\d])`
const NUMBER = new RegExp(`(?<![\\p{L}\\d.,:/#-])(${SIGNS})(${DIGITS})`, 'giu')
const NOT_AN_AMOUNT_AFTER = /^(\s?%|[:/]\d|[.,-]\d|\p{L}{3,}\d)/u
const NOT_AN_AMOUNT_BEFORE = /(\d[:/.,-]|@\s?)$/

function decimalSign(text: string): string | undefined {
  const [last] = text.match(/[.,](?=\d*$)/) ?? []
  if (!last) return ''
  const digitsAfter = text.length - text.lastIndexOf(last) - 1
  const repeated = text.indexOf(last) !== text.lastIndexOf(last)
  const both = text.includes('.') && text.includes(',')
  if (repeated) return both ? undefined : ''
  if (digitsAfter === 3 && !both) return text.startsWith('0') ? last : ''
  return last
}

const negate = (value: string): string => (/^[0.]+$/.test(value) ? value : `-${value}`)
