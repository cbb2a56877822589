import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { ErrorKind } from './errors.ts'

/** How often and how soon a failed step is tried again. Layers say only what they change. */
export const RetryPlan = z.strictObject({
  /** Tries in all, the first included. */
  maxAttempts: z.number().int().min(1).max(100).optional(),
  /** Delay before the first retry, for every kind of error. */
  baseMs: z.number().int().min(0).max(86_400_000).optional(),
  multiplier: z.number().min(1).max(10).optional(),
  maxDelayMs: z
    .number()
    .int()
    .min(0)
    .max(7 * 86_400_000)
    .optional(),
})
export type RetryPlan = z.infer<typeof RetryPlan>

const DEFAULT = { maxAttempts: 4, multiplier: 2, maxDelayMs: 86_400_000 }
const BASE_MS: Record<ErrorKind, number> = {
  transient: 5_000,
  unknown: 60_000,
  rate_limited: 60_000,
  system: 15_000,
  data: 0,
  poison: 0,
}

export type EffectiveRetryPlan = typeof DEFAULT & { baseMs?: number }

/** The first layer that says something wins: job, step, stage, workflow, environment; then the default. */
export function effectiveRetryPlan(...layers: readonly (RetryPlan | undefined)[]): EffectiveRetryPlan {
  const said = layers.map(
    (layer) => layer && Object.fromEntries(Object.entries(layer).filter(([, v]) => v !== undefined)),
  )
  return Object.assign({}, DEFAULT, ...said.toReversed())
}

/**
 * Delay before the retry that follows the given attempt (from 1): base × multiplier^(attempt−1), plus 0 to 20 % that is
 * drawn from `seed`, so that the same history gives the same plan and retries of many jobs spread.
 */
export function retryDelayMs(plan: EffectiveRetryPlan, kind: ErrorKind, attempt: number, seed: string): number {
  return Math.round(plainDelayMs(plan, kind, attempt) * (1 + 0.2 * seededShare(seed)))
}

/** The delays after each try but the last, in ms, for failures of one kind, without the part that is drawn. */
export const retryScheduleMs = (plan: EffectiveRetryPlan, kind: ErrorKind): number[] =>
  Array.from({ length: plan.maxAttempts - 1 }, (_, i) => plainDelayMs(plan, kind, i + 1))

const plainDelayMs = (plan: EffectiveRetryPlan, kind: ErrorKind, attempt: number): number =>
  Math.min((plan.baseMs ?? BASE_MS[kind]) * plan.multiplier ** (attempt - 1), plan.maxDelayMs)

/** A number from 0 up to 1 that looks drawn, the same for the same seed. */
export const seededShare = (seed: string): number => createHash('sha1').update(seed).digest().readUInt32BE(0) / 2 ** 32
