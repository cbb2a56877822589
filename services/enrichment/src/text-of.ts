import type { Fields, FieldValue } from '@stageline/domain'

/** No key or name of a catalogue is longer; a text without end would only cost time. */
const MAX_LENGTH = 500

/** The value of a field as trimmed text; undefined where it is missing, blank or longer than any catalogue entry. */
export const textOf = (fields: Fields, name: string): string | undefined => asText(fields[name]?.value)

/** A value as trimmed text; undefined where there is none that could stand in a catalogue. */
export function asText(value: FieldValue | undefined): string | undefined {
  const text = value === undefined || value === null ? '' : String(value).trim()
  return text === '' || text.length > MAX_LENGTH ? undefined : text
}
