import type { Field } from '@stageline/domain'

/** A field as it was read, and what speaks for and against it. */
export type Reading = { field: Omit<Field, 'confidence'>; evidence: Map<string, number> }

/** Log-odds of a chance, cut off where it is as good as sure, in a scale like that of the other evidence. */
export const odds = (chance: number): number => Math.max(-6, Math.min(6, Math.log(chance / (1 - chance)))) / 2

/** How much agreement of some of those seen says: little where few were. */
export const agreement = (agreed: number, seen: number): number => odds((agreed + 0.25) / (seen + 0.5))

export const many = (count: number): number => Math.log1p(count) / 2
