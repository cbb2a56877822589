import { z } from 'zod'

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const LONGEST_MS = 31 * UNITS.d

/** `24h` as milliseconds. */
const TimeRange = z
  .string()
  .regex(/^[1-9]\d{0,4}[mhd]$/, { error: 'Expected a number and m, h or d, such as 24h' })
  .default('24h')
  .meta({ description: 'How far back: a number and `m`, `h` or `d`, at most `31d`' })

export const TimeRangeQuery = z.strictObject({
  time_range: TimeRange.refine((text) => msOf(text) <= LONGEST_MS, { error: 'At most 31d' }),
})

export const msOf = (range: string): number => Number(range.slice(0, -1)) * UNITS[range.at(-1) as keyof typeof UNITS]

export const DurationsAnswer = z
  .object({ count: z.number(), avgMs: z.number(), p50Ms: z.number(), p95Ms: z.number(), p99Ms: z.number() })
  .meta({ id: 'Durations' })

export const WINDOW_BOUND =
  'Looks at the 5,000 newest jobs that were accepted in this time; where there were more, `isShortened` is true and `from` says since when.'
