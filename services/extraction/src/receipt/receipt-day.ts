/** Days since 1970 of an ISO date. */
export const dayOf = (iso: string): number => Date.parse(iso) / DAY_MS

/**
 * How many of some days lie near another: one of the same day counts 1, one a week away a half, and less and less
 * beyond. Day 0 is one that nobody knows.
 */
export const nearness = (days: readonly number[], day: number | undefined): number =>
  day ? days.reduce((sum, other) => sum + (other ? WEEK / (WEEK + Math.abs(other - day)) : 0), 0) : 0

const DAY_MS = 86_400_000
const WEEK = 7
