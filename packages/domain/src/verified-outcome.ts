import { FIELD_LISTS, type FieldList } from './completeness.ts'
import type { FieldFactor, FieldFactors } from './field-factors.ts'

type Verified = {
  /** How sure it was called. */
  confidence: number
  right: boolean
}

/** What a person found of one item: of everything that counts, and of each field that it had. */
export type VerifiedOutcome = Verified & { fields: Readonly<Record<string, FieldFactor & Verified>> }

type Settled = { confidence: number; fields: FieldFactors; corrections: readonly { path: string }[] }

/** A field whose value the person changed or took away was wrong; any other that they vouched for was right. */
export function verifiedOutcomeOf({ confidence, fields, corrections }: Settled): VerifiedOutcome {
  const wrong = new Set(corrections.flatMap(({ path }) => correctedField(path)))
  const verified = Object.entries(fields).map(([name, field]) => [name, { ...field, right: !wrong.has(name) }])
  return { confidence, right: wasRight(corrections), fields: Object.fromEntries(verified) }
}

function correctedField(path: string): string[] {
  const [part, name, ...below] = path.split('/').slice(1)
  if (part !== 'fields' || name === undefined || (below.length > 0 && below[0] !== 'value')) return []
  return [name.replaceAll('~1', '/').replaceAll('~0', '~')]
}

/**
 * Whether a person who vouched for an item left all that counts as it was: its kind, and the fields that some kind of
 * document requires. A value added to a field that is optional everywhere proves nothing about the confidence.
 */
const wasRight = (corrections: readonly { path: string }[]): boolean =>
  !corrections.some(({ path }) => counts(path.split('/').slice(1)))

function counts([part = '', name = '', ...below]: readonly string[]): boolean {
  if (part === 'lineItems') return false
  if (part !== 'fields') return true
  return !OPTIONAL_EVERYWHERE.has(name) && (below.length === 0 || below[0] === 'value')
}

const OPTIONAL_EVERYWHERE = optionalEverywhere(Object.values(FIELD_LISTS))

function optionalEverywhere(lists: readonly FieldList[]): ReadonlySet<string> {
  const optional = new Set(lists.flatMap((list) => list.optional))
  return optional.difference(new Set(lists.flatMap((list) => list.required)))
}
