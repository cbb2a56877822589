import type { Check, DocumentKind, Field, Fields, FieldValue, StructuredPart } from '@stageline/domain'
import type { FirstSeen } from '@stageline/runtime'

/** What is checked, and the little of the world that checks may ask. */
export type Subject = {
  kind: DocumentKind
  fields: Fields
  lineItems: readonly Fields[]
  /** The machine-readable invoice that the fields were read from, where there is one. */
  eInvoice?: StructuredPart | undefined
  now: Date
  firstSeen: FirstSeen
}

export type Finding = Pick<Check, 'outcome' | 'inputs' | 'detail'>

/** A named check. The weights of one kind of document add up to 1. */
export type CheckRule = Pick<Check, 'name' | 'weight' | 'blocking'> & {
  find(subject: Subject): Finding | Promise<Finding>
}

export type Inputs = Check['inputs']

export const passed = (inputs: Inputs, detail: string): Finding => ({ outcome: 'passed', inputs, detail })
export const failed = (inputs: Inputs, detail: string): Finding => ({ outcome: 'failed', inputs, detail })
export const notApplicable = (inputs: Inputs, detail: string): Finding => ({
  outcome: 'not_applicable',
  inputs,
  detail,
})

/** The same check with another weight, for another kind of document. */
export const weighing = (weight: number, rule: CheckRule): CheckRule => ({ ...rule, weight })

/** The values of the named fields, as a check shows what it looked at; null where missing. */
export const inputsOf = (fields: Fields, ...names: string[]): Inputs =>
  Object.fromEntries(names.map((name) => [name, fields[name]?.value ?? null]))

/** The value as trimmed text; undefined where it is missing or blank. */
export function textOf(field: Field | undefined): string | undefined {
  const value: FieldValue | undefined = field?.value
  const text = value === undefined || value === null ? '' : String(value).trim()
  return text === '' ? undefined : text
}
