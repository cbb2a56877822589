import { z } from 'zod'
import { RecordInput } from './document.ts'

/** What became of the items of one source that automation did. */
export const SourceOutcomes = z.object({
  succeeded: z.number().int().nonnegative(),
  /** Automation gave up, or a person corrected what it put out. */
  failed: z.number().int().nonnegative(),
})
export type SourceOutcomes = z.infer<typeof SourceOutcomes>

/** Outcomes count for so many weeks, failures of a business key for so many days. */
export const OUTCOME_WEEKS = 13
export const FAILURE_DAYS = 30

/** What is believed of a source before enough of its items have ended: neither good nor bad. */
const PRIOR = 0.5
/** The prior weighs as much as so many outcomes. */
const PRIOR_WEIGHT = 2
const LEAST_OUTCOMES = 5

/** The rolling success rate of a source, drawn towards the prior; the prior itself while fewer than five items have ended. */
export function reliabilityOf({ succeeded, failed }: SourceOutcomes): number {
  const ended = succeeded + failed
  if (ended < LEAST_OUTCOMES) return PRIOR
  return Math.round(((succeeded + PRIOR * PRIOR_WEIGHT) / (ended + PRIOR_WEIGHT)) * 10_000) / 10_000
}

const MAX_NAME = 200

/** Who a record comes from, by a name in which case and blanks do not count: of a part its manufacturer. */
export function sourceOf(input: unknown): string | null {
  const parsed = RecordInput.safeParse(input)
  const maker = parsed.success ? parsed.data.record['manufacturer'] : undefined
  if (typeof maker !== 'string') return null
  const name = maker.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase()
  return name === '' ? null : [...name].slice(0, MAX_NAME).join('')
}
