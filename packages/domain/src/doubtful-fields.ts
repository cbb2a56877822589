import { z } from 'zod'
import { ErrorTarget } from './error-target.ts'
import type { FieldFactors } from './field-factors.ts'

const Share = z.number().min(0).max(1)

/** From which confidence on a field is good enough: said by the workflow, or shown by verified outcomes. */
export const FieldLimits = z.record(z.string(), z.union([ErrorTarget, z.object({ minConfidence: Share })]))
export type FieldLimits = z.infer<typeof FieldLimits>

export const DoubtfulField = z.object({
  name: z.string(),
  confidence: Share,
  /** null: no confidence of this field keeps the target. */
  minConfidence: Share.nullable(),
})
export type DoubtfulField = z.infer<typeof DoubtfulField>

/** A workflow's own limits stand; what it says nothing of goes by its target, once enough is verified. */
export const fieldLimitsOf = (
  own: Readonly<Record<string, number>> = {},
  targets: Readonly<Record<string, ErrorTarget>> = {},
): FieldLimits => ({
  ...targets,
  ...Object.fromEntries(Object.entries(own).map(([name, minConfidence]) => [name, { minConfidence }])),
})

/** The fields below their limits, the least sure first. A field that is not there has no confidence to be judged by. */
export function doubtfulFields(fields: FieldFactors = {}, limits: FieldLimits = {}): DoubtfulField[] {
  const found = Object.entries(fields).flatMap(([name, { confidence }]) => {
    const minConfidence = Object.hasOwn(limits, name) ? limits[name]?.minConfidence : undefined
    const isSure = minConfidence === undefined || (minConfidence !== null && confidence >= minConfidence)
    return isSure ? [] : [{ name, confidence, minConfidence }]
  })
  return found.toSorted((one, other) => one.confidence - other.confidence)
}

/** In a sentence for people, with the numbers behind each limit. */
export const reasonOf = (doubtful: readonly DoubtfulField[], limits: FieldLimits = {}): string =>
  `Doubtful: ${doubtful.map((field) => `${field.name} ${describe(field, limits[field.name]!)}`).join('; ')}.`

function describe({ confidence, minConfidence }: DoubtfulField, limit: FieldLimits[string]): string {
  const seen = 'targetErrorRate' in limit ? ` to keep at most ${percentOf(limit.targetErrorRate)} wrong` : ''
  if (minConfidence === null) return `${confidence}, and no confidence suffices${seen}`
  const above =
    'above' in limit && limit.above ? ` (${limit.above.wrong} wrong of ${limit.above.verified} verified)` : ''
  return `${confidence} is below ${minConfidence}${seen}${above}`
}

const percentOf = (share: number) => `${Number((share * 100).toFixed(4))} %`
