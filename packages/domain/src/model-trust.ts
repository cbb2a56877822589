import { z } from 'zod'
import { errorRateBounds } from './error-target.ts'
import type { VerifiedOutcome } from './verified-outcome.ts'

/** A value of a model, and what its confidence was assumed to count for. */
export type SaidValue = { model: string; field: string; said: number }

/** The chance that a value of a model is right, by what people found of others like it. */
export type ModelTrust = (value: SaidValue) => number

/** So many outcomes weigh as much as what is believed without them. */
const WEIGHT_OF_PRIOR = 10

type Tally = { verified: number; right: number }
const NONE: Tally = { verified: 0, right: 0 }

/**
 * Learned from the values of a model that people verified, those said about as surely (in steps of a tenth): the share
 * of right ones, drawn towards what was assumed, and that of a single field towards that of all (Beta-binomial, twice).
 * Nothing verified leaves what was assumed.
 */
export function modelTrustOf(outcomes: readonly VerifiedOutcome[]): ModelTrust {
  const ofModel = new Map<string, Tally>()
  const ofField = new Map<string, Tally>()
  for (const value of saidValues(outcomes)) {
    count(ofModel, modelKey(value), value.right)
    count(ofField, fieldKey(value), value.right)
  }
  return (value) => {
    const believed = drawnTo(value.said, ofModel.get(modelKey(value)))
    return round(drawnTo(believed, ofField.get(fieldKey(value))))
  }
}

/** What people found of a model's values that were said about equally surely. */
export const VerifiedModel = z.object({
  model: z.string(),
  /** From this assumed confidence on, up to a tenth more. */
  said: z.number(),
  verified: z.number().int(),
  wrong: z.number().int(),
  /** Of the rate of wrong ones, 95 % on either side. */
  interval: z.tuple([z.number(), z.number()]),
})
export type VerifiedModel = z.infer<typeof VerifiedModel>

export function verifiedModels(outcomes: readonly VerifiedOutcome[]): VerifiedModel[] {
  const groups = Object.groupBy(saidValues(outcomes), modelKey)
  const models = Object.values(groups).map((found = []) => {
    const wrong = found.filter(({ right }) => !right).length
    const { model, said } = found[0]!
    return {
      model,
      said: tenth(said) / 10,
      verified: found.length,
      wrong,
      interval: errorRateBounds(wrong, found.length),
    }
  })
  return models.toSorted((one, other) => one.model.localeCompare(other.model) || one.said - other.said)
}

const saidValues = (outcomes: readonly VerifiedOutcome[]): (SaidValue & { right: boolean })[] =>
  outcomes.flatMap(({ fields }) =>
    Object.entries(fields).flatMap(([field, { model, said, right }]) =>
      model === undefined || said === undefined ? [] : [{ field, model, said, right }],
    ),
  )

const drawnTo = (prior: number, { verified, right } = NONE): number =>
  (right + WEIGHT_OF_PRIOR * prior) / (verified + WEIGHT_OF_PRIOR)

function count(tallies: Map<string, Tally>, key: string, isRight: boolean): void {
  const { verified, right } = tallies.get(key) ?? NONE
  tallies.set(key, { verified: verified + 1, right: right + Number(isRight) })
}

const tenth = (said: number): number => Math.min(9, Math.floor(said * 10))
const modelKey = ({ model, said }: SaidValue): string => `${tenth(said)} ${model}`
const fieldKey = (value: SaidValue): string => `${modelKey(value)} ${value.field}`
const round = (share: number): number => Math.round(share * 10_000) / 10_000
