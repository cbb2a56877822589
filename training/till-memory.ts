import { habitOf, type TillHabit, type TillHabits } from '../services/extraction/src/receipt/till-habits.ts'

/** A receipt for the memory of tills: by what its vendor is known, and the forms it shows. */
export type TillRecord = {
  keys: readonly string[]
  day: number
  forms: readonly { form: string; writing: string; isRight: boolean }[]
}

/** Counts over many receipts, with a way to look at the habits of one as if it had not been counted. */
export function createTillMemory(records: readonly TillRecord[]): {
  habits: () => TillHabits
  without: <T>(record: TillRecord, look: (habit: TillHabit | undefined) => T) => T
} {
  const counts: TillHabits = {}
  for (const record of records) count(counts, record, 1)
  return {
    habits: () => pruned(counts),
    without: (record, look) => {
      count(counts, record, -1)
      const result = look(habitOf(counts, record.keys))
      count(counts, record, 1)
      return result
    },
  }
}

function count(counts: TillHabits, { keys, forms, day }: TillRecord, by: 1 | -1): void {
  const shown = new Set(forms.map(({ form }) => form))
  const right = forms.filter(({ isRight }) => isRight)
  for (const key of keys) {
    const habit = (counts[key] ??= { days: [], forms: {}, writings: {} })
    mark(habit.days, day, by)
    for (const form of shown) (habit.forms[form] ??= [0, []])[0] += by
    for (const form of new Set(right.map(({ form }) => form))) mark(habit.forms[form]![1], day, by)
    for (const writing of new Set(right.map(({ writing }) => writing))) mark((habit.writings[writing] ??= []), day, by)
  }
}

/** Days stay in order, so that to forget one and count it again changes nothing. */
function mark(days: number[], day: number, by: 1 | -1): void {
  if (by === 1) days.splice(days.filter((other) => other < day).length, 0, day)
  else days.splice(days.indexOf(day), 1)
}

/** Without the forms that were never right: they are most of them, and count as not seen. */
const pruned = (counts: TillHabits): TillHabits =>
  Object.fromEntries(
    Object.entries(counts).map(([key, { forms, ...rest }]) => [
      key,
      { ...rest, forms: Object.fromEntries(Object.entries(forms).filter(([, [, right]]) => right.length > 0)) },
    ]),
  )
