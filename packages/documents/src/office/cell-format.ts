/** How a number of a cell is shown: everything else than these is shown as it is written. */
export type CellFormat = 'date' | 'percent' | { digits: number } | undefined

/** Ids of formats that every program knows by heart (ISO 29500-1, 18.8.30), and those of East Asian dates. */
const BUILT_IN_DATES = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
] as const
const BUILT_IN_PERCENT = new Set([9, 10])

/** @param code the format's own code, for those that are not built in */
export function cellFormat(id: number, code: string | undefined): CellFormat {
  if (code === undefined) {
    if (BUILT_IN_DATES.some(([first, last]) => id >= first && id <= last)) return 'date'
    return BUILT_IN_PERCENT.has(id) ? 'percent' : undefined
  }
  const signs = code.replaceAll(/"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|_.|\*./gi, '')
  if (/[ymdhs]/i.test(signs.replaceAll(/general/gi, ''))) return 'date'
  if (signs.includes('%')) return 'percent'
  return /^0{2,}$/.test(signs) ? { digits: signs.length } : undefined
}

/** A number as the sheet shows it: dates as ISO 8601, shares with a percent sign, numbers with leading zeros padded. */
export function showNumber(written: string, format: CellFormat, is1904: boolean): string {
  const value = Number(written)
  if (!Number.isFinite(value) || written.trim() === '') return written
  if (format === 'date') return showDate(value, is1904)
  if (format === 'percent') return `${plain(value * 100)}%`
  if (format) return Number.isInteger(value) && value >= 0 ? written.padStart(format.digits, '0') : written
  return /e|\.\d{9}/i.test(written) ? plain(value) : written
}

/** Office keeps 17 digits and shows 15: `0.30000000000000004` is meant to be `0.3`. */
const plain = (value: number): string => String(Number(value.toPrecision(15)))

const DAY_MS = 86_400_000
/** Day 0. Day 60 is February 29th, 1900, which never was; only days before it are one off. */
const EPOCH_1900 = Date.UTC(1899, 11, 30)
const EPOCH_1904 = Date.UTC(1904, 0, 1)
const LAST_DAY = 2_958_465

function showDate(days: number, is1904: boolean): string {
  if (days < 0 || days > LAST_DAY) return plain(days)
  const lost = !is1904 && days >= 1 && days < 60 ? DAY_MS : 0
  const seconds = Math.round((days * DAY_MS) / 1000) * 1000
  const [date = '', time = ''] = new Date((is1904 ? EPOCH_1904 : EPOCH_1900) + lost + seconds)
    .toISOString()
    .split(/[T.]/)
  if (days < 1) return time
  return Number.isInteger(days) ? date : `${date} ${time}`
}
