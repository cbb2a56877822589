import { fold, hashLine } from './known-vendors.ts'

/**
 * In which forms the tills of a vendor printed what was looked for: the words before it and its own shape. Built by
 * training, as hashes.
 */
export type TillHabits = Record<string, TillHabit>

export type TillHabit = {
  receipts: number
  /** Form -> receipts that show it, and those where it was the right one. */
  forms: Record<string, [seen: number, right: number]>
}

/** What is known of the vendor by its numbers or its name: the entry that rests on most receipts. */
export const habitOf = (habits: TillHabits, keys: readonly string[]): TillHabit | undefined =>
  keys.reduce<TillHabit | undefined>((best, key) => {
    const habit = habits[key]
    return habit && habit.receipts > (best?.receipts ?? 0) ? habit : best
  }, undefined)

export const habitKeys = (numbers: readonly string[], company: string): string[] => [
  ...new Set([...numbers, ...(fold(company) ? [company] : [])].map((key) => hashLine(key))),
]

/** How often a form was shown and right. Models leave out those that never were right, so that they count as not seen. */
export function recordOf(
  habit: TillHabit | undefined,
  form: string,
): { receipts: number; seen: number; right: number } {
  const [seen, right] = habit?.forms[form] ?? [0, 0]
  return { receipts: habit?.receipts ?? 0, seen: right > 0 ? seen : 0, right }
}

/** Candidates with what the vendor's habits say of them. */
export function withHabit<C extends { form: string; features: Map<string, number> }>(
  candidates: readonly C[],
  habit: TillHabit | undefined,
): C[] {
  return candidates.map((candidate) => {
    const features = new Map(candidate.features)
    for (const name of habitFeatures(habit, candidate.form)) features.set(name, 1.5)
    return { ...candidate, features }
  })
}

function habitFeatures(habit: TillHabit | undefined, form: string): string[] {
  const { receipts, seen, right } = recordOf(habit, form)
  if (receipts === 0) return ['habit:new']
  const often = Math.min(receipts, 4)
  if (seen === 0) return ['habit:other', `habit:other${often}`]
  const share = right / seen
  const how = share >= 0.95 ? 'always' : share >= 0.7 ? 'mostly' : share >= 0.3 ? 'partly' : 'seldom'
  return [`habit:${how}`, `habit:${how}${Math.min(seen, 4)}`]
}
