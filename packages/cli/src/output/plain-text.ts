import { stripVTControlCharacters } from 'node:util'

/** Text of others on one line, without what would steer the terminal that shows it. */
export const plainText = (text: string): string =>
  stripVTControlCharacters(text)
    // oxlint-disable-next-line no-control-regex -- these are what must not reach the terminal
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ')
    .trim()

/** A value of a JSON answer as people read it. */
export function showValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–'
  return plainText(typeof value === 'string' ? value : (JSON.stringify(value) ?? '–'))
}

/** A member of an answer whose type is not told: its text, or nothing. */
export function memberText(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const

/** `5 min`: for lists, where there is no room for more; by this machine's clock, so not to be reckoned with. */
export function showAge(iso: string, nowMs = Date.now()): string {
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(iso)) / 1000))
  const [unit, size] = UNITS.find(([, one]) => seconds >= one) ?? ['s', 1]
  return `${Math.floor(seconds / size)} ${unit}`
}

/** `2026-11-21 14:03:07`, in the time zone of whoever reads it. */
export function showTime(iso: string | null): string {
  if (iso === null) return '–'
  const at = new Date(iso)
  return Number.isNaN(at.getTime()) ? plainText(iso) : at.toLocaleString('sv-SE')
}
