export type DateMention = {
  /** ISO 8601, `2026-11-20`. */
  iso: string
  /** As it stands in the text. */
  printed: string
  index: number
}

/**
 * Finds calendar dates in English, German and French spellings. Numeric dates are read day first unless that is no
 * date (`12/31/2026`) or `monthFirst` says that the document writes the month first between slashes; two-digit years are 2000 to 2069 and 1970 to 1999. Impossible dates are passed over.
 */
export function findDates(text: string, options: { monthFirst?: boolean } = {}): DateMention[] {
  const found = PATTERNS.flatMap(({ pattern, read }) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const iso = toIso(read(match, options.monthFirst ?? false))
      return iso ? [{ iso, printed: match[0], index: match.index }] : []
    }),
  )
  return found
    .sort((a, b) => a.index - b.index || b.printed.length - a.printed.length)
    .filter((mention, at, all) => !all.slice(0, at).some((other) => covers(other, mention)))
}

type Parts = { year: number; month: number; day: number }

const MONTHS: readonly RegExp[] = [
  /^jan/i,
  /^f[eé]b|^fev|^fév/i,
  /^m[aä]r(?!s)|^mars|^mrz|^mär/i,
  /^a[pv]r/i,
  /^ma[iy]/i,
  /^juin$|^jun/i,
  /^juil|^jul/i,
  /^aug|^ao[uû]/i,
  /^sep/i,
  /^o[ck]t/i,
  /^nov/i,
  /^d[eé][cz]/i,
]
const NAME = String.raw`(jan(?:uary|uar|vier|v)?|feb(?:ruary|ruar)?|f[ée]v(?:rier|r)?|mar(?:ch|s)?|märz?|mrz|apr(?:il)?|avr(?:il)?|may|mai|june?|juni|juin|july?|juli|juil(?:let)?|aug(?:ust)?|ao[uû]t|sep(?:t(?:ember|embre)?)?|o[ck]t(?:ober|obre)?|nov(?:ember|embre)?|d[eé][cz](?:ember|embre)?)`
const EDGE = String.raw`(?<![\d])`

const PATTERNS: { pattern: RegExp; read: (match: RegExpMatchArray, monthFirst: boolean) => Parts }[] = [
  {
    pattern: new RegExp(`${EDGE}(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})(?!\\d)`, 'g'),
    read: (m) => ({ year: number(m[1]), month: number(m[3]), day: number(m[4]) }),
  },
  {
    pattern: new RegExp(`${EDGE}(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4}|\\d{2})(?![\\d]|[.,]\\d)`, 'g'),
    read: (m, monthFirst) =>
      monthFirst && m[2] === '/'
        ? { year: year(m[4]), month: number(m[1]), day: number(m[3]) }
        : dayFirst(number(m[1]), number(m[3]), year(m[4])),
  },
  {
    pattern: new RegExp(
      `${EDGE}(\\d{1,2})(?:st|nd|rd|th)?\\.?[\\s/.-]{0,3}${NAME}\\.?[\\s/,.-]{0,3}(\\d{4}|\\d{2})(?!\\d)`,
      'giu',
    ),
    read: (m) => ({ year: year(m[3]), month: month(m[2]), day: number(m[1]) }),
  },
  {
    pattern: new RegExp(`(?<!\\p{L})${NAME}\\.?\\s{0,2}(\\d{1,2})(?:st|nd|rd|th)?,?\\s{1,2}(\\d{4})(?!\\d)`, 'giu'),
    read: (m) => ({ year: number(m[3]), month: month(m[1]), day: number(m[2]) }),
  },
  {
    pattern: /(?<![\d.,-])(20\d{2})(\d{2})(\d{2})(?![\d.,])/g,
    read: (m) => ({ year: number(m[1]), month: number(m[2]), day: number(m[3]) }),
  },
]

const number = (digits: string | undefined): number => Number(digits)
const year = (digits: string | undefined): number => {
  const value = number(digits)
  if ((digits ?? '').length > 2) return value
  return value < 70 ? 2000 + value : 1900 + value
}
const month = (name: string | undefined): number => MONTHS.findIndex((pattern) => pattern.test(name ?? '')) + 1

const dayFirst = (first: number, second: number, year: number): Parts =>
  second > 12 ? { year, month: first, day: second } : { year, month: second, day: first }

function toIso({ year, month, day }: Parts): string | undefined {
  if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1) return undefined
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCDate() === day ? date.toISOString().slice(0, 10) : undefined
}

const covers = (outer: DateMention, inner: DateMention): boolean =>
  outer.index < inner.index + inner.printed.length && inner.index < outer.index + outer.printed.length
