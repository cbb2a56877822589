import { habitOf, type TillHabit, type TillHabits } from '../services/extraction/src/receipt/till-habits.ts'

/** A receipt for the memory of tills: by what its vendor is known, and the forms it shows. */
export type TillRecord = { keys: readonly string[]; forms: readonly { form: string; isRight: boolean }[] }

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

function count(counts: TillHabits, { keys, forms }: TillRecord, by: 1 | -1): void {
  const shown = new Set(forms.map(({ form }) => form))
  const right = new Set(forms.flatMap(({ form, isRight }) => (isRight ? [form] : [])))
  for (const key of keys) {
    const habit = (counts[key] ??= { receipts: 0, forms: {} })
    habit.receipts += by
    for (const form of shown) {
      const record = (habit.forms[form] ??= [0, 0])
      record[0] += by
      if (right.has(form)) record[1] += by
    }
  }
}

/** Without the forms that were never right: they are most of them, and count as not seen. */
const pruned = (counts: TillHabits): TillHabits =>
  Object.fromEntries(
    Object.entries(counts).map(([key, { receipts, forms }]) => [
      key,
      { receipts, forms: Object.fromEntries(Object.entries(forms).filter(([, [, right]]) => right > 0)) },
    ]),
  )
