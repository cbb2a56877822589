/**
 * The business rules of EN 16931-1 for electronic invoices, and those of its binding to UBL: what is asked of an invoice
 * beyond its XML schema. Where the wording leaves room (tolerances, what counts as present), it is read as the validation
 * artefacts read it that the European Commission publishes with the standard.
 */
import type { StructuredPart } from '@stageline/domain'
import { CODE_RULES } from './code-rules.ts'
import { DECIMAL_RULES } from './decimal-rules.ts'
import { openEInvoice, type EInvoice } from './e-invoice.ts'
import { PRESENCE_RULES } from './presence-rules.ts'
import type { Finding, Rule } from './rule.ts'
import { SINGLE_RULES } from './single-rules.ts'
import { SPECIAL_VAT_RULES } from './special-vat-rules.ts'
import { SUM_RULES } from './sum-rules.ts'
import { UBL_RULES } from './ubl-rules.ts'
import { VAT_RULES } from './vat-rules.ts'

export const RULES: readonly Rule[] = [
  ...PRESENCE_RULES,
  ...SINGLE_RULES,
  ...SUM_RULES,
  ...VAT_RULES,
  ...SPECIAL_VAT_RULES,
  ...CODE_RULES,
  ...DECIMAL_RULES,
  ...UBL_RULES,
]

/** A rule that is broken, with every place where it is. */
export type Violation = { rule: string; findings: Finding[] }

/** The broken rules in the order of `RULES`; undefined where the part is no invoice that EN 16931 speaks of. */
export function findViolations(part: StructuredPart): Violation[] | undefined {
  const invoice = openEInvoice(part)
  return invoice && violationsOf(invoice)
}

function violationsOf(invoice: EInvoice): Violation[] {
  const found = new Map<string, Finding[]>()
  for (const { code, find } of RULES) {
    const findings = find(invoice)
    if (findings.length > 0) found.set(code, [...(found.get(code) ?? []), ...findings])
  }
  return [...found].map(([rule, findings]) => ({ rule, findings }))
}
