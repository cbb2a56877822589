import type { Problem as FieldProblem } from '@stageline/domain'
import { Problem } from './problems.ts'

const MAX_DEPTH = 64
const MAX_ITEMS = 10_000

/**
 * Reads one JSON text strictly: UTF-8 without byte order mark, at most 64 levels, arrays of at most 10,000 items, and
 * no value that cannot be stored or that would change meaning on the way (NUL and lone surrogates, which Postgres
 * refuses in JSON; numbers beyond the double range; `__proto__`).
 * @throws Problem `request.not_json`, `request.invalid`
 */
export function readJson(bytes: Uint8Array): unknown {
  const text = decode(bytes)
  const value = parse(text)
  refuseUnstorable(value)
  return value
}

/** The checks of {@link readJson} for values that came in another way. @throws Problem `request.invalid` */
export function refuseUnstorable(value: unknown): void {
  const errors: FieldProblem[] = []
  inspect(value, '', 0, errors)
  if (errors.length > 0) throw new Problem('request.invalid', errors[0]!.detail, { errors })
}

/** A key as it stands in a JSON pointer (RFC 6901). */
export const pointerToken = (key: PropertyKey): string => String(key).replaceAll('~', '~0').replaceAll('/', '~1')

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw new Problem('request.not_json', 'The body begins with a byte order mark.')
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new Problem('request.not_json', 'The body is not valid UTF-8.', { cause })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Problem('request.not_json', 'The body is not valid JSON.', { cause })
  }
}

function inspect(value: unknown, pointer: string, depth: number, errors: FieldProblem[]): void {
  if (errors.length >= 20) return
  if (typeof value === 'string') return inspectText(value, pointer, errors)
  if (typeof value === 'number' && !Number.isFinite(value))
    errors.push({ pointer, detail: 'The number is out of range.' })
  if (typeof value !== 'object' || value === null) return
  if (depth >= MAX_DEPTH) return void errors.push({ pointer, detail: `Values may be nested ${MAX_DEPTH} levels deep.` })
  if (Array.isArray(value) && value.length > MAX_ITEMS) {
    return void errors.push({ pointer, detail: `A list may have at most ${MAX_ITEMS} items.` })
  }
  for (const [key, child] of Object.entries(value)) {
    const at = `${pointer}/${pointerToken(key)}`
    if (key === '__proto__') errors.push({ pointer: at, detail: 'This name is not allowed.' })
    inspectText(key, at, errors)
    inspect(child, at, depth + 1, errors)
  }
}

function inspectText(text: string, pointer: string, errors: FieldProblem[]): void {
  if (text.includes('\0')) errors.push({ pointer, detail: 'Text must not hold the NUL character.' })
  if (!text.isWellFormed()) errors.push({ pointer, detail: 'Text must not hold half of a surrogate pair.' })
}
