import { z } from 'zod'
import { FIELD_LISTS, type FieldList } from './completeness.ts'

/** What a person found of one item: how sure it was called, and whether everything that counts was right. */
export type VerifiedOutcome = { confidence: number; right: boolean }

/**
 * From which confidence on the share of wrong items stays within a target, as verified outcomes show it. Shown with
 * every workflow that has a target, and kept with each decision that it made.
 */
export const ErrorTarget = z.object({
  /** At most this share of what completes without a person may be wrong. */
  targetErrorRate: z.number().min(0).max(1),
  /** Outcomes that people verified. */
  verified: z.number().int().nonnegative(),
  /** So many right ones in a row are the least that can show the target. */
  needed: z.number().int().positive(),
  /** Completes from here on; null: nothing does. Absent while too few are verified: the policy's own limit holds. */
  minConfidence: z.number().min(0).max(1).nullable().optional(),
  /** Of the verified ones from that confidence on: how many, how many of them wrong, and the 95 % interval of the rate. */
  above: z
    .object({
      verified: z.number().int(),
      wrong: z.number().int(),
      interval: z.tuple([z.number(), z.number()]),
    })
    .optional(),
})
export type ErrorTarget = z.infer<typeof ErrorTarget>

/**
 * Whether a person who vouched for an item left all that counts as it was: its kind, and the fields that some kind of
 * document requires. A value added to a field that is optional everywhere proves nothing about the confidence.
 */
export const wasRight = (corrections: readonly { path: string }[]): boolean =>
  !corrections.some(({ path }) => counts(path.split('/').slice(1)))

function counts([part = '', name = '', ...below]: readonly string[]): boolean {
  if (part === 'lineItems') return false
  if (part !== 'fields') return true
  return !OPTIONAL_EVERYWHERE.has(name) && (below.length === 0 || below[0] === 'value')
}

const OPTIONAL_EVERYWHERE = optionalEverywhere(Object.values(FIELD_LISTS))

function optionalEverywhere(lists: readonly FieldList[]): ReadonlySet<string> {
  const optional = new Set(lists.flatMap((list) => list.optional))
  return optional.difference(new Set(lists.flatMap((list) => list.required)))
}

/** One-sided; the interval that is shown has this chance of doubt on either side. */
const DOUBT = 0.05

/**
 * The lowest confidence from which on the upper bound of the error rate keeps the target. Doubtful items are verified
 * more often than confident ones, and are wrong more often: the bound errs to the side of caution.
 *
 * @param outcomes in any order
 * @param targetErrorRate above 0, below 1
 */
export function errorTargetOf(outcomes: readonly VerifiedOutcome[], targetErrorRate: number): ErrorTarget {
  const needed = Math.ceil(Math.log(DOUBT) / Math.log1p(-targetErrorRate))
  const about = { targetErrorRate, verified: outcomes.length, needed }
  const keeps = ({ verified, wrong }: { verified: number; wrong: number }) =>
    wrong <= targetErrorRate * verified && errorRateBounds(wrong, verified)[1] <= targetErrorRate
  const best = prefixes(outcomes).findLast(keeps)
  if (best) {
    const { minConfidence, verified, wrong } = best
    return { ...about, minConfidence, above: { verified, wrong, interval: errorRateBounds(wrong, verified) } }
  }
  return outcomes.length < needed ? about : { ...about, minConfidence: null }
}

/** Every confidence that occurs, highest first, with what was verified from there on. */
function prefixes(outcomes: readonly VerifiedOutcome[]) {
  const sorted = outcomes.toSorted((a, b) => b.confidence - a.confidence)
  let wrong = 0
  return sorted.flatMap(({ confidence, right }, i) => {
    if (!right) wrong += 1
    return sorted[i + 1]?.confidence === confidence ? [] : [{ minConfidence: confidence, verified: i + 1, wrong }]
  })
}

/**
 * Lower and upper bound of an error rate of which `wrong` of `verified` were seen, each exceeded with a chance of at
 * most 5 % (Clopper and Pearson 1934, "The use of confidence or fiducial limits").
 */
export function errorRateBounds(wrong: number, verified: number): [lower: number, upper: number] {
  const lower = wrong === 0 ? 0 : solve((rate) => 1 - chanceOfAtMost(wrong - 1, verified, rate) - DOUBT)
  const upper = wrong >= verified ? 1 : solve((rate) => DOUBT - chanceOfAtMost(wrong, verified, rate))
  return [lower, upper]
}

/** Chance of at most `wrong` in `verified` independent items of this error rate; summed from the most probable end. */
function chanceOfAtMost(wrong: number, verified: number, rate: number): number {
  if (rate <= 0) return 1
  if (rate >= 1) return wrong >= verified ? 1 : 0
  let logTerm = verified * Math.log1p(-rate)
  let sum = Math.exp(logTerm)
  for (let k = 1; k <= wrong; k += 1) {
    logTerm += Math.log((verified - k + 1) / k) + Math.log(rate) - Math.log1p(-rate)
    sum += Math.exp(logTerm)
  }
  return Math.min(1, sum)
}

/** The root of a function that rises from below to above 0 between 0 and 1. */
function solve(rising: (rate: number) => number): number {
  let [low, high] = [0, 1]
  for (let i = 0; i < 50; i += 1) {
    const middle = (low + high) / 2
    if (rising(middle) < 0) low = middle
    else high = middle
  }
  return high
}
