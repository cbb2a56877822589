import type { SourceItem } from '@stageline/engine/ports'
import { sourceFault } from './source-error.ts'

/** A row that a database has written as JSON; integers that JavaScript has no number for stay as they are written. */
export function itemOf(nth: number, text: string, mark: string | null): SourceItem {
  const record: unknown = JSON.parse(text, (_key, value: unknown, { source }: { source?: string } = {}) =>
    typeof value === 'number' && source !== undefined && /^-?\d+$/.test(source) && !Number.isSafeInteger(value)
      ? source
      : value,
  )
  if (typeof record !== 'object' || record === null || Array.isArray(record))
    throw sourceFault('source.unreadable', `Record ${nth} is no object: let the query give columns`)
  return { position: String(nth), record: { ...record }, mark }
}
