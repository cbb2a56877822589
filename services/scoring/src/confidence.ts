import { completenessOf, FIELD_LISTS } from '@stageline/domain'
import type { CatalogMatch, Check, DocumentKind, Field, Fields } from '@stageline/domain'
import { folded } from './folded.ts'

type Evidence = {
  kind: DocumentKind
  /** How sure the kind is. */
  confidence: number
  fields: Fields
  matches: readonly CatalogMatch[]
  checks: readonly Check[]
}

/**
 * The chance that kind and required fields are all right: the product of their confidences; a missing field has none.
 * Values that were read apart from each other and agree count higher: they are wrong only if all of them are, so each
 * has 1 − Π(1 − confidence). Net, tax and total agree when they add up; name and VAT id of a seller agree when one row
 * of the catalogue has both.
 */
export function confidenceOf(evidence: Evidence): number {
  const agreeing = [totals(evidence), seller(evidence)].filter((names) => names !== undefined)
  return FIELD_LISTS[evidence.kind].required.reduce((product, name) => {
    const together = agreeing.find((names) => names.includes(name)) ?? [name]
    return product * (1 - together.reduce((doubt, other) => doubt * (1 - confidenceIn(evidence.fields, other)), 1))
  }, evidence.confidence)
}

const confidenceIn = (fields: Fields, name: string) =>
  completenessOf(fields, { required: [name], optional: [] }) === 1 ? fields[name]!.confidence : 0

const totals = ({ checks }: Evidence) =>
  checks.some((check) => check.name === 'net_plus_tax_is_total' && check.outcome === 'passed')
    ? ['net_total', 'tax_total', 'gross_total']
    : undefined

/** What enrichment filled from the row cannot confirm the row. */
function seller({ fields: { seller_name: name, seller_vat_id: vatId }, matches }: Evidence): string[] | undefined {
  const isRead = (field: Field | undefined) => field !== undefined && field.source?.method !== 'catalog'
  const agrees = (match: CatalogMatch) =>
    match.kind === 'vendor' && sameText(match.name, name) && sameText(match.key, vatId)
  return isRead(name) && isRead(vatId) && matches.some(agrees) ? ['seller_name', 'seller_vat_id'] : undefined
}

const sameText = (text: string, field: Field | undefined) =>
  folded(text).replaceAll(' ', '') === folded(String(field?.value ?? '')).replaceAll(' ', '')
