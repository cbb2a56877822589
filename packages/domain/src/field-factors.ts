import { z } from 'zod'
import { Fields } from './document.ts'

const Share = z.number().min(0).max(1)

/** Of a field that a decision looks at: how sure it is, and where a model said it, which one and how sure that was. */
export const FieldFactor = z.object({
  confidence: Share,
  model: z.string().optional(),
  said: Share.optional(),
})
export type FieldFactor = z.infer<typeof FieldFactor>

export const FieldFactors = z.record(z.string(), FieldFactor)
export type FieldFactors = z.infer<typeof FieldFactors>

/** The fields of a stage's output; undefined where it has none of our form. */
export function fieldFactorsOf(output: unknown): FieldFactors | undefined {
  const parsed = z.object({ fields: Fields }).safeParse(output)
  if (!parsed.success) return undefined
  const factors = Object.entries(parsed.data.fields).map(([name, { confidence, source }]) => {
    const { model, said } = source ?? {}
    return [name, model === undefined || said === undefined ? { confidence } : { confidence, model, said }]
  })
  return Object.fromEntries(factors)
}
