import { failed, inputsOf, notApplicable, passed, textOf } from './check-rule.ts'
import type { CheckRule } from './check-rule.ts'

const HOURS_AHEAD = 14
const YEARS_BACK = 10

/**
 * A real day, not in the future and not older than ten years. "Future" begins where no place on earth has that day
 * yet: clocks run up to 14 hours ahead of UTC.
 */
export const datePlausible = (field: string, weight: number): CheckRule => ({
  name: 'date_plausible',
  weight,
  blocking: true,
  find({ fields, now }) {
    const inputs = inputsOf(fields, field)
    const date = textOf(fields[field])
    if (!date) return notApplicable(inputs, `There is no date in ${field}.`)
    if (!isDay(date)) return failed(inputs, `"${date}" is not a day of the calendar.`)
    const [oldest, latest] = [yearsBefore(now), dayOf(new Date(now.getTime() + HOURS_AHEAD * 3_600_000))]
    if (date > latest) return failed(inputs, `${date} lies in the future.`)
    if (date < oldest) return failed(inputs, `${date} is more than ${YEARS_BACK} years ago.`)
    return passed(inputs, `${date} lies between ${oldest} and ${latest}.`)
  },
})

/** ISO dates sort as text. */
const dayOf = (time: Date) => time.toISOString().slice(0, 10)

function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined
  return time !== undefined && !Number.isNaN(time.getTime()) && dayOf(time) === text
}

function yearsBefore(now: Date): string {
  const then = new Date(now)
  then.setUTCFullYear(now.getUTCFullYear() - YEARS_BACK)
  return dayOf(then)
}
