import type { ErrorLine } from './describe-error.ts'
import { describeError } from './describe-error.ts'
import { TEXT_FIELDS } from './names.ts'
import { withoutSecrets } from './without-secrets.ts'

const NOT_LOGGED = '[not logged]'
const ERROR_FIELDS: ReadonlySet<string> = new Set(['err', 'error'])

/**
 * Keeps content and secrets out of log lines by listing what may pass, not what may not: numbers, booleans, text in known
 * fields, and errors by their allow-list. Everything else leaves its name and `[not logged]`.
 */
export function guardFields(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, guard(name, value)]))
}

function guard(name: string, value: unknown): string | number | boolean | null | undefined | ErrorLine {
  if (ERROR_FIELDS.has(name) || value instanceof Error) return describeError(value)
  if (value === null || value === undefined || typeof value === 'boolean' || typeof value === 'number') return value
  return typeof value === 'string' && TEXT_FIELDS.has(name) ? withoutSecrets(value) : NOT_LOGGED
}
