import { fold, hashLine } from './known-vendors.ts'
import { agreement } from './reading.ts'
import { nearness } from './receipt-day.ts'

/**
 * In which forms the tills of a vendor printed what was looked for: the words before it and its own shape. Built by
 * training, as hashes.
 */
export type TillHabits = Record<string, TillHabit>

export type TillHabit = {
  /** When its receipts were printed. */
  days: number[]
  /** Form -> receipts that show it, and the days of those where it was the right one. */
  forms: Record<string, [seen: number, days: number[]]>
  /** How the right one is written, as with the currency -> the days of those receipts. */
  writings: Record<string, number[]>
}

/** What is known of the vendor by its numbers or its name: the entry that rests on most receipts. */
export const habitOf = (habits: TillHabits, keys: readonly string[]): TillHabit | undefined =>
  keys.reduce<TillHabit | undefined>((best, key) => {
    const habit = habits[key]
    return habit && habit.days.length > (best?.days.length ?? 0) ? habit : best
  }, undefined)

export const habitKeys = (numbers: readonly string[], company: string): string[] => [
  ...new Set([...numbers, ...(fold(company) ? [company] : [])].map((key) => hashLine(key))),
]

type Shown = { form: string; writing: string }

/**
 * How often a form was shown and right, and, of the receipts near a day, how many are known, had this form right and
 * had it written so. Models leave out forms that never were right, so that they count as not seen.
 */
export function recordOf(habit: TillHabit | undefined, { form, writing }: Shown, day?: number) {
  const [seen, days] = habit?.forms[form] ?? [0, []]
  const all = habit?.days ?? []
  return {
    receipts: all.length,
    seen: days.length > 0 ? seen : 0,
    right: days.length,
    near: nearness(all, day),
    rightNear: nearness(days, day),
    writtenNear: nearness(habit?.writings[writing] ?? [], day),
  }
}

/** Candidates with what the vendor's habits say of them, those of the day above all where it is known. */
export function withHabit<C extends Shown & { features: Map<string, number> }>(
  candidates: readonly C[],
  habit: TillHabit | undefined,
  day?: number,
): C[] {
  return candidates.map((candidate) => {
    const record = recordOf(habit, candidate, day)
    const features = new Map(candidate.features)
    for (const name of habitFeatures(record)) features.set(name, 1.5)
    if (record.near > 0) {
      features.set('habit near', agreement(record.rightNear, record.near))
      features.set('written near', agreement(record.writtenNear, record.near))
    }
    return { ...candidate, features }
  })
}

function habitFeatures({ receipts, seen, right }: ReturnType<typeof recordOf>): string[] {
  if (receipts === 0) return ['habit:new']
  const often = Math.min(receipts, 4)
  if (seen === 0) return ['habit:other', `habit:other${often}`]
  const share = right / seen
  const how = share >= 0.95 ? 'always' : share >= 0.7 ? 'mostly' : share >= 0.3 ? 'partly' : 'seldom'
  return [`habit:${how}`, `habit:${how}${Math.min(seen, 4)}`]
}
