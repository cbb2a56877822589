/** The time so many milliseconds on, as rows hold it. */
export const later = (now: Date, ms: number): string => new Date(now.getTime() + ms).toISOString()

let last = { ms: Number.NaN, iso: '' }

/** A time as rows hold it. Many steps of a burst begin or end within one millisecond: it is written once. */
export function isoOf(time: Date): string {
  const ms = time.getTime()
  if (ms !== last.ms) last = { ms, iso: time.toISOString() }
  return last.iso
}
