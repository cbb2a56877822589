import { z } from 'zod'
import type { VerifiedOutcome } from './verified-outcome.ts'

/** How sure something was called, and whether a person found it right. */
type Judged = Pick<VerifiedOutcome, 'confidence' | 'right'>

/**
 * From which confidence on the share of wrong items stays within a target, as verified outcomes show it. Shown with
 * every workflow that has a target, and kept with each decision that it made.
 */
export const ErrorTarget = z.object({
  /** At most this share of what completes without a person may be wrong: of the items, or of one field's values. */
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

/** What a workflow's policy asks of its outcomes. */
type Wanted = { targetErrorRate?: number | undefined; fieldErrorRate?: number | undefined }
export type ErrorTargets = { errorTarget?: ErrorTarget; fieldTargets?: Record<string, ErrorTarget> }

/** What verified outcomes say of a policy's target for whole items, and of that for each field. */
export function errorTargetsOf(outcomes: readonly VerifiedOutcome[], wanted: Wanted): ErrorTargets {
  const { targetErrorRate: ofItems, fieldErrorRate: ofFields } = wanted
  return {
    ...(ofItems === undefined ? {} : { errorTarget: errorTargetOf(outcomes, ofItems) }),
    ...(ofFields === undefined ? {} : { fieldTargets: fieldTargetsOf(outcomes, ofFields) }),
  }
}

function fieldTargetsOf(outcomes: readonly VerifiedOutcome[], rate: number): Record<string, ErrorTarget> {
  const byField = Object.groupBy(
    outcomes.flatMap(({ fields }) => Object.entries(fields)),
    ([name]) => name,
  )
  const targets = Object.entries(byField).map(([name, found = []]) => {
    const judged = found.map(([, field]) => field)
    return [name, errorTargetOf(judged, rate)]
  })
  return Object.fromEntries(targets)
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
export function errorTargetOf(outcomes: readonly Judged[], targetErrorRate: number): ErrorTarget {
  const needed = Math.ceil(Math.log(DOUBT) / Math.log1p(-targetErrorRate))
  const about = { targetErrorRate, verified: outcomes.length, needed }
  const keeps = ({ verified, wrong }: { verified: number; wrong: number }) =>
    wrong <= targetErrorRate * verified && chanceOfAtMost(wrong, verified, targetErrorRate) <= DOUBT
  const best = prefixes(outcomes).findLast(keeps)
  if (best) {
    const { minConfidence, verified, wrong } = best
    return { ...about, minConfidence, above: { verified, wrong, interval: errorRateBounds(wrong, verified) } }
  }
  return outcomes.length < needed ? about : { ...about, minConfidence: null }
}

/** Every confidence that occurs, highest first, with what was verified from there on. */
function prefixes(outcomes: readonly Judged[]) {
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
