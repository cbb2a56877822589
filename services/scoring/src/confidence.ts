import { completenessOf, FIELD_LISTS } from '@stageline/domain'
import type { Check, DocumentKind, Fields } from '@stageline/domain'

type Evidence = {
  kind: DocumentKind
  /** How sure the kind is. */
  confidence: number
  fields: Fields
  checks: readonly Check[]
}

const TOTALS = ['net_total', 'tax_total', 'gross_total']

/**
 * The chance that kind and required fields are all right: the product of their confidences; a missing field has none.
 * Net, tax and total that add up confirm each other: they were read apart and are wrong only if all of them are, so
 * together they count 1 − Π(1 − confidence).
 */
export function confidenceOf({ kind, confidence, fields, checks }: Evidence): number {
  const addsUp = checks.some((check) => check.name === 'net_plus_tax_is_total' && check.outcome === 'passed')
  const chanceOf = (name: string) =>
    addsUp && TOTALS.includes(name)
      ? 1 - product(TOTALS.map((total) => 1 - confidenceIn(fields, total)))
      : confidenceIn(fields, name)
  return confidence * product(FIELD_LISTS[kind].required.map(chanceOf))
}

const confidenceIn = (fields: Fields, name: string) =>
  completenessOf(fields, { required: [name], optional: [] }) === 1 ? fields[name]!.confidence : 0

const product = (factors: readonly number[]) => factors.reduce((result, factor) => result * factor, 1)
