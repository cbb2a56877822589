import type { Fields, FieldValue } from '@stageline/domain'

/** The value of a field as trimmed text; undefined where it is missing or blank. */
export const textOf = (fields: Fields, name: string): string | undefined => asText(fields[name]?.value)

/** A value as trimmed text; undefined where there is none. */
export function asText(value: FieldValue | undefined): string | undefined {
  const text = value === undefined || value === null ? '' : String(value).trim()
  return text === '' ? undefined : text
}
